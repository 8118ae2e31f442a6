-- The last hour by minute: what the nodes and the pools of a cluster bore. One row a cluster and minute
-- of the hour; the same minute of the next hour writes over it, so that the table never grows.
CREATE TABLE load_minute (
  cluster TEXT NOT NULL,
  slot INTEGER NOT NULL,
  at INTEGER NOT NULL,
  nodes TEXT NOT NULL,
  pools TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, slot)
) STRICT;
CREATE INDEX load_minute_revision ON load_minute(revision);
-- How full each storage was, once a day; days that are older than a quarter are removed.
CREATE TABLE storage_day (
  cluster TEXT NOT NULL,
  name TEXT NOT NULL,
  node TEXT NOT NULL,
  day TEXT NOT NULL,
  used INTEGER NOT NULL,
  total INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, name, node, day)
) STRICT;
CREATE INDEX storage_day_revision ON storage_day(revision);
