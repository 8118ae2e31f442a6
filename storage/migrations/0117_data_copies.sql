-- Full copies of a tenant's guests that article 16.2 owes: asked for, made, handed over, received.
CREATE TABLE data_copy (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  state TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  requested_by TEXT NOT NULL,
  channel TEXT NOT NULL,
  reference TEXT NOT NULL,
  made_at INTEGER,
  guests TEXT NOT NULL,
  left_out TEXT NOT NULL,
  medium TEXT NOT NULL,
  digest TEXT NOT NULL,
  handed_at INTEGER,
  handed_to TEXT NOT NULL,
  handover_proof TEXT NOT NULL,
  received_at INTEGER,
  receipt_proof TEXT NOT NULL,
  reason TEXT NOT NULL,
  account TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX data_copy_revision ON data_copy(revision);
CREATE INDEX data_copy_tenant ON data_copy(tenant);
