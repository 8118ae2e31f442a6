-- The files behind the proofs and answers of a case, each under the SHA-256 of its content. A
-- content that was erased is empty.
CREATE TABLE exhibit (
  suspension TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  content BLOB NOT NULL,
  kept_at INTEGER NOT NULL,
  account TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (suspension, sha256)
) STRICT;
CREATE INDEX exhibit_revision ON exhibit(revision);
