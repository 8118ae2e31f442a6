-- The terms that suspensions were opened under, whole, so that a case is judged by its own (R15).
CREATE TABLE terms (
  version TEXT PRIMARY KEY,
  content TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
