-- What moves without an entry (columns, numbers of changes) is summed up by table, and each commit
-- signs the sums with its number and the end of the chain. `sum` is a number of 4096 bits, big-endian.
CREATE TABLE row_sum (
  kind TEXT PRIMARY KEY,
  sum BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE row_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL,
  count INTEGER NOT NULL,
  hash BLOB NOT NULL,
  fault INTEGER NOT NULL CHECK (fault IN (0, 1)),
  key_id TEXT NOT NULL,
  signature BLOB NOT NULL
) STRICT;
