-- The clock was set back: what entries before this one put after `at` was seen at `at` at the latest.
CREATE TABLE clock_step (
  evidence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  was INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
