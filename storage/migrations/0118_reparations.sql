-- What was paid to a tenant as reparation, besides service credits (article 12).
CREATE TABLE reparation (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  decided_on TEXT NOT NULL,
  amount TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  reference TEXT NOT NULL,
  capped INTEGER NOT NULL,
  uncapped_because TEXT NOT NULL,
  account TEXT NOT NULL,
  withdrawn INTEGER NOT NULL,
  withdrawn_because TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX reparation_revision ON reparation(revision);
