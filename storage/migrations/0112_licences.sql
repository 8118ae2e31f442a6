-- Licences that the hoster supplies to a tenant, as they were noted by hand; what guests run is in
-- `guest_inside`. Audits of art. 13.2.
CREATE TABLE licence (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  guest TEXT NOT NULL,
  kind TEXT NOT NULL,
  product TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  supplied_from TEXT NOT NULL,
  ended_on TEXT,
  note TEXT NOT NULL,
  account TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX licence_revision ON licence(revision);
CREATE TABLE licence_audit (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  held_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  cost_borne_by TEXT NOT NULL,
  needing INTEGER NOT NULL,
  supplied INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  findings TEXT NOT NULL,
  account TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX licence_audit_revision ON licence_audit(revision);
