-- What each version of the terms promised, so that a month that is over is worked out by its own.
-- Rates are fractions (`999/1000`). The first to bear a version's name keeps it.
CREATE TABLE promise (
  version TEXT PRIMARY KEY,
  commitment TEXT NOT NULL,
  floor TEXT NOT NULL,
  below_commitment INTEGER NOT NULL,
  below_floor INTEGER NOT NULL,
  claim_days INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
