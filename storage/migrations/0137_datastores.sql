-- What each backup server's datastore is now: its fill, and how its upkeep went.
CREATE TABLE datastore (
  server TEXT NOT NULL PRIMARY KEY,
  datastore TEXT NOT NULL,
  namespace TEXT NOT NULL,
  site TEXT NOT NULL,
  total INTEGER,
  used INTEGER,
  collection TEXT NOT NULL,
  collected_at INTEGER,
  collection_said TEXT NOT NULL,
  verification TEXT NOT NULL,
  verified_at INTEGER,
  verification_said TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX datastore_revision ON datastore(revision);
