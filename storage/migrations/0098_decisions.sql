-- What an exclusion rests on: `grounds` are ids of tasks, numbers of entries, evidence; `link` how
-- it led to the outage; `suspension` the case; `approved` the second person. One without an end is
-- reviewed each day. An attack and force majeure are bases of their own.
CREATE TABLE exclusion_new (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER,
  basis TEXT NOT NULL CHECK (
    basis IN ('maintenance', 'suspension', 'quota', 'emergency', 'attack', 'force_majeure',
      'not_attributable')),
  reason TEXT NOT NULL,
  account TEXT NOT NULL,
  at INTEGER NOT NULL,
  maintenance INTEGER,
  contestable INTEGER NOT NULL,
  evidence INTEGER NOT NULL,
  ended_by INTEGER,
  withdrawn_at INTEGER,
  withdrawn_account TEXT,
  withdrawn_reason TEXT,
  withdrawn_by INTEGER,
  revision INTEGER NOT NULL,
  grounds TEXT,
  link TEXT,
  suspension TEXT,
  approved TEXT,
  reviewed_at INTEGER,
  reviewed_account TEXT,
  reviewed_by INTEGER
) STRICT;
INSERT INTO exclusion_new
  SELECT id, tenant, start, "end", basis, reason, account, at, maintenance, contestable, evidence,
    ended_by, withdrawn_at, withdrawn_account, withdrawn_reason, withdrawn_by, revision,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM exclusion;
DROP TABLE exclusion;
ALTER TABLE exclusion_new RENAME TO exclusion;
CREATE INDEX exclusion_tenant ON exclusion(tenant, start);
CREATE INDEX exclusion_start ON exclusion(start);
CREATE INDEX exclusion_lasting ON exclusion(start) WHERE "end" IS NULL;

-- An attribution whose ground fell away is reopened: the outage waits for another one.
ALTER TABLE attribution ADD COLUMN link TEXT;
ALTER TABLE attribution ADD COLUMN approved TEXT;
ALTER TABLE attribution ADD COLUMN reopened_at INTEGER;
ALTER TABLE attribution ADD COLUMN reopened_by INTEGER;
CREATE INDEX attribution_reopened ON attribution(outage) WHERE reopened_by IS NOT NULL;

-- A decision that would lower a counted figure of a reviewed incident, a closed month or a claimed
-- credit: it counts once a second person has approved it. `party` is empty for an exclusion that is
-- no attribution; `needs` says why it waits; `exclusion` is what followed from it.
CREATE TABLE proposed_decision (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  outage INTEGER,
  start INTEGER NOT NULL,
  "end" INTEGER,
  basis TEXT NOT NULL,
  party TEXT NOT NULL,
  reason TEXT NOT NULL,
  link TEXT NOT NULL,
  grounds TEXT NOT NULL,
  suspension TEXT NOT NULL,
  contestable INTEGER NOT NULL,
  needs TEXT NOT NULL,
  account TEXT NOT NULL,
  at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'declined')),
  decided_at INTEGER,
  decided_account TEXT NOT NULL,
  decided_reason TEXT NOT NULL,
  exclusion INTEGER,
  evidence INTEGER NOT NULL,
  decided_by INTEGER,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX proposed_decision_open ON proposed_decision(tenant) WHERE state = 'open';
