-- The closings of a month, each with the figures that it was closed with and what was left open
-- knowingly; a closing that was reopened says by whom and why, and the next one has the next number.
CREATE TABLE month_close (
  month TEXT NOT NULL,
  number INTEGER NOT NULL,
  closed_at INTEGER NOT NULL,
  account TEXT NOT NULL,
  reason TEXT NOT NULL,
  left_open TEXT NOT NULL,
  figures TEXT NOT NULL,
  evidence INTEGER NOT NULL,
  reopened_at INTEGER,
  reopened_account TEXT,
  reopened_reason TEXT,
  reopened_by INTEGER,
  revision INTEGER NOT NULL,
  PRIMARY KEY (month, number)
) STRICT;
CREATE INDEX month_close_revision ON month_close(revision);
