-- Availability: what was seen, the outages that follow, incidents, exclusions, credits.
-- Instants are microseconds since the epoch; an interval without an end lasts. `evidence` is the
-- entry that was appended with the row, `ended_by` the one with its end.

-- What was seen of guests, probes, nodes, storages: each change of state, appended and never changed.
-- `since` is the first observation of the state, `before` the last one of the state before.
CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  since INTEGER NOT NULL,
  before INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('up', 'failing', 'down', 'unknown')),
  reason TEXT NOT NULL,
  evidence INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX ledger_source ON ledger(source, since, seq);
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger of observations is never changed'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger of observations is never deleted'); END;

-- A stretch of time in which an observer (a cluster's poll, a probe) saw nothing.
CREATE TABLE gap (
  observer TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  reason TEXT NOT NULL,
  evidence INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (observer, start)
) STRICT;
CREATE TRIGGER gap_no_update BEFORE UPDATE ON gap
BEGIN SELECT RAISE(ABORT, 'a gap on record is never changed'); END;
CREATE TRIGGER gap_no_delete BEFORE DELETE ON gap
BEGIN SELECT RAISE(ABORT, 'a gap on record is never deleted'); END;

-- When an observer last saw something; the one row here that is written at each poll.
CREATE TABLE observer (
  name TEXT PRIMARY KEY,
  since INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  outside INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;

-- Which tenant a source belonged to, and on which node it sat, from when until when (R4).
CREATE TABLE placement (
  source TEXT NOT NULL,
  since INTEGER NOT NULL,
  tenant TEXT NOT NULL,
  observer TEXT NOT NULL,
  node TEXT NOT NULL,
  until INTEGER,
  revision INTEGER NOT NULL,
  PRIMARY KEY (source, since)
) STRICT;
CREATE INDEX placement_tenant ON placement(tenant, since);
CREATE INDEX placement_node ON placement(node, since);

CREATE TABLE outage (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER,
  not_before INTEGER NOT NULL,
  not_over_before INTEGER,
  cause TEXT NOT NULL,
  sources TEXT NOT NULL,
  origin TEXT NOT NULL,
  incident INTEGER,
  evidence INTEGER NOT NULL,
  ended_by INTEGER,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX outage_tenant ON outage(tenant, start);
CREATE INDEX outage_start ON outage(start);
CREATE INDEX outage_incident ON outage(incident);
CREATE INDEX outage_open ON outage(tenant) WHERE "end" IS NULL;

CREATE TABLE unmeasured (
  tenant TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER,
  reason TEXT NOT NULL,
  evidence INTEGER NOT NULL,
  ended_by INTEGER,
  revision INTEGER NOT NULL,
  PRIMARY KEY (tenant, start)
) STRICT;
CREATE INDEX unmeasured_start ON unmeasured(start);

-- Who decided whose an outage is; the last one holds.
CREATE TABLE attribution (
  id INTEGER PRIMARY KEY,
  outage INTEGER NOT NULL,
  party TEXT NOT NULL,
  reason TEXT NOT NULL,
  grounds TEXT NOT NULL,
  account TEXT NOT NULL,
  at INTEGER NOT NULL,
  exclusion INTEGER,
  evidence INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX attribution_outage ON attribution(outage, id);

-- Time that does not count for one tenant (R10); withdrawn, never edited.
CREATE TABLE exclusion (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER,
  basis TEXT NOT NULL CHECK (
    basis IN ('maintenance', 'suspension', 'quota', 'emergency', 'not_attributable')),
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
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX exclusion_tenant ON exclusion(tenant, start);
CREATE INDEX exclusion_start ON exclusion(start);

CREATE TABLE maintenance (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  tenants TEXT NOT NULL,
  reason TEXT NOT NULL,
  account TEXT NOT NULL,
  planned_at INTEGER NOT NULL,
  announced_at INTEGER,
  cancelled_at INTEGER,
  evidence INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;

CREATE TABLE incident (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  state TEXT NOT NULL CHECK (
    state IN ('open', 'acknowledged', 'mitigated', 'resolved', 'reviewed', 'merged')),
  subject TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  ended_at INTEGER,
  account TEXT NOT NULL,
  owner TEXT NOT NULL,
  ticket TEXT NOT NULL,
  merged_into INTEGER,
  split_from INTEGER,
  evidence INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX incident_live ON incident(state, subject);

CREATE TABLE incident_entry (
  id INTEGER PRIMARY KEY,
  incident INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  account TEXT NOT NULL,
  text TEXT NOT NULL,
  corrects INTEGER,
  evidence INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX incident_entry_incident ON incident_entry(incident, id);
CREATE TRIGGER incident_entry_no_update BEFORE UPDATE ON incident_entry
BEGIN SELECT RAISE(ABORT, 'a timeline entry is corrected by another, never changed'); END;
CREATE TRIGGER incident_entry_no_delete BEFORE DELETE ON incident_entry
BEGIN SELECT RAISE(ABORT, 'a timeline entry is never deleted'); END;

CREATE TABLE credit (
  tenant TEXT NOT NULL,
  month TEXT NOT NULL,
  terms TEXT NOT NULL,
  sent INTEGER,
  received INTEGER,
  channel TEXT NOT NULL,
  reference TEXT NOT NULL,
  decided_at INTEGER,
  granted TEXT,
  refused TEXT NOT NULL,
  account TEXT NOT NULL,
  claimed_by INTEGER,
  decided_by INTEGER,
  revision INTEGER NOT NULL,
  PRIMARY KEY (tenant, month)
) STRICT;

-- A tenant's month worked out once, so that a screen of 500 tenants reads 500 rows. Durations in
-- microseconds; `settled` is the revision of the facts that it rests on.
CREATE TABLE month_figure (
  tenant TEXT NOT NULL,
  month TEXT NOT NULL,
  base INTEGER NOT NULL,
  past INTEGER NOT NULL,
  down INTEGER NOT NULL,
  counted INTEGER NOT NULL,
  unmeasured INTEGER NOT NULL,
  worst INTEGER NOT NULL,
  outages INTEGER NOT NULL,
  open INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (month, tenant)
) STRICT;
