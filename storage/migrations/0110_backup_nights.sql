-- Seven rolling nights of backups, checked one by one, and the restore tests. `nights` of a backup
-- are those that its store keeps a copy of, `intact_at` the newest copy that was found intact.
ALTER TABLE backup ADD COLUMN nights TEXT NOT NULL DEFAULT '[]';
ALTER TABLE backup ADD COLUMN intact_at INTEGER;
CREATE TABLE backup_night (
  tenant TEXT NOT NULL,
  night TEXT NOT NULL,
  checked_at INTEGER NOT NULL,
  guests INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  holes TEXT NOT NULL,
  unseen TEXT NOT NULL,
  unverified TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (tenant, night)
) STRICT;
CREATE INDEX backup_night_revision ON backup_night(revision);
CREATE TABLE restore_test (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  cluster TEXT NOT NULL,
  vmid INTEGER NOT NULL,
  tested_at INTEGER NOT NULL,
  backup_at INTEGER,
  outcome TEXT NOT NULL,
  note TEXT NOT NULL,
  account TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX restore_test_revision ON restore_test(revision);
