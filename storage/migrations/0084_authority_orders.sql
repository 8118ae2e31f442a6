-- Orders and reports of authorities. The columns beside the document are what lists sort and alerts
-- look at. A secret one stands in the sealed file beside this one, which has the same table.
CREATE TABLE authority_order (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  authority TEXT NOT NULL,
  reference TEXT NOT NULL,
  tenant TEXT NOT NULL,
  state TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  due_at INTEGER,
  review_due INTEGER,
  silent_until INTEGER,
  document TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX authority_order_revision ON authority_order(revision);
