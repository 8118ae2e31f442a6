-- When it is on record as wanted that a tenant has no guest: it deleted them all, or has ordered none.
-- It ends when a guest comes.
CREATE TABLE wanted_empty (
  tenant TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER,
  reason TEXT NOT NULL,
  account TEXT NOT NULL,
  evidence INTEGER NOT NULL,
  ended_by INTEGER,
  revision INTEGER NOT NULL,
  PRIMARY KEY (tenant, since)
) STRICT;
