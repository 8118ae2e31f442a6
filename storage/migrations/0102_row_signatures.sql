-- What sums up many looks of nocd has no entry for each: the rows of one scope, such as a tenant's
-- month, are signed together by the commit that changes any of them. `fault` is set once they were
-- found other than they were left, and stays.
CREATE TABLE row_signature (
  kind TEXT NOT NULL,
  scope TEXT NOT NULL,
  count INTEGER NOT NULL,
  fault INTEGER NOT NULL CHECK (fault IN (0, 1)),
  at INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  signature BLOB NOT NULL,
  PRIMARY KEY (kind, scope)
) STRICT, WITHOUT ROWID;
