-- The evidence chain (R32): entries and their subjects never change; payload and salt stand apart,
-- where erasure, itself an entry, may empty them.

CREATE TABLE evidence (
  seq INTEGER PRIMARY KEY,
  previous BLOB NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  uid INTEGER NOT NULL,
  account TEXT NOT NULL,
  subject_count INTEGER NOT NULL,
  payload_hash BLOB NOT NULL,
  key_id TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX evidence_at ON evidence(at);
CREATE INDEX evidence_kind ON evidence(kind, seq);
CREATE INDEX evidence_account ON evidence(account, seq);

CREATE TABLE evidence_subject (
  seq INTEGER NOT NULL REFERENCES evidence(seq),
  position INTEGER NOT NULL,
  subject TEXT NOT NULL,
  PRIMARY KEY (seq, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_subject_seq ON evidence_subject(subject, seq);

CREATE TABLE evidence_payload (
  seq INTEGER PRIMARY KEY REFERENCES evidence(seq),
  salt BLOB,
  content BLOB,
  erased_by INTEGER REFERENCES evidence(seq),
  CHECK ((erased_by IS NULL) = (salt IS NOT NULL) AND (erased_by IS NULL) = (content IS NOT NULL))
) STRICT;

-- The public halves of the keys that sign heads; each but the first is endorsed by the one before.
CREATE TABLE evidence_key (
  number INTEGER PRIMARY KEY,
  key_id TEXT NOT NULL UNIQUE,
  public_key BLOB NOT NULL,
  endorsement BLOB,
  at INTEGER NOT NULL
) STRICT;

-- Signed heads, as they were also copied outside.
CREATE TABLE evidence_head (
  number INTEGER PRIMARY KEY,
  count INTEGER NOT NULL,
  line TEXT NOT NULL,
  at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;

CREATE TRIGGER evidence_follows BEFORE INSERT ON evidence
WHEN NEW.seq IS NOT coalesce((SELECT max(seq) FROM evidence), 0) + 1
  OR NEW.previous IS NOT coalesce(
    (SELECT hash FROM evidence ORDER BY seq DESC LIMIT 1), zeroblob(32))
BEGIN SELECT RAISE(ABORT, 'an evidence entry must follow the last one'); END;

CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END;
CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;

CREATE TRIGGER evidence_subject_last BEFORE INSERT ON evidence_subject
WHEN NEW.seq IS NOT (SELECT max(seq) FROM evidence)
  OR NEW.position >= (SELECT subject_count FROM evidence WHERE seq = NEW.seq)
  OR EXISTS (SELECT 1 FROM evidence_subject WHERE seq = NEW.seq AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'subjects come with their evidence entry'); END;
CREATE TRIGGER evidence_subject_no_update BEFORE UPDATE ON evidence_subject
BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END;
CREATE TRIGGER evidence_subject_no_delete BEFORE DELETE ON evidence_subject
BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;

CREATE TRIGGER evidence_payload_last BEFORE INSERT ON evidence_payload
WHEN NEW.seq IS NOT (SELECT max(seq) FROM evidence) OR NEW.erased_by IS NOT NULL
  OR EXISTS (SELECT 1 FROM evidence_payload WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'a payload comes with its evidence entry'); END;
CREATE TRIGGER evidence_payload_erasure BEFORE UPDATE ON evidence_payload
WHEN NEW.seq IS NOT OLD.seq OR OLD.erased_by IS NOT NULL OR NEW.erased_by IS NULL
  OR NOT EXISTS (
    SELECT 1 FROM evidence JOIN evidence_subject USING (seq)
    WHERE evidence.seq = NEW.erased_by AND kind = 'evidence.erased'
      AND subject = 'entry:' || OLD.seq)
BEGIN SELECT RAISE(ABORT, 'a payload is only erased, by an entry that says so'); END;
CREATE TRIGGER evidence_payload_no_delete BEFORE DELETE ON evidence_payload
BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;

CREATE TRIGGER evidence_key_follows BEFORE INSERT ON evidence_key
WHEN NEW.number IS NOT coalesce((SELECT max(number) FROM evidence_key), 0) + 1
BEGIN SELECT RAISE(ABORT, 'a key of the evidence must follow the last one'); END;
CREATE TRIGGER evidence_key_no_update BEFORE UPDATE ON evidence_key
BEGIN SELECT RAISE(ABORT, 'a key of the evidence is never changed'); END;
CREATE TRIGGER evidence_key_no_delete BEFORE DELETE ON evidence_key
BEGIN SELECT RAISE(ABORT, 'a key of the evidence is never deleted'); END;
CREATE TRIGGER evidence_head_follows BEFORE INSERT ON evidence_head
WHEN NEW.number IS NOT coalesce((SELECT max(number) FROM evidence_head), 0) + 1
BEGIN SELECT RAISE(ABORT, 'a signed head must follow the last one'); END;
CREATE TRIGGER evidence_head_no_update BEFORE UPDATE ON evidence_head
BEGIN SELECT RAISE(ABORT, 'a signed head is never changed'); END;
CREATE TRIGGER evidence_head_no_delete BEFORE DELETE ON evidence_head
BEGIN SELECT RAISE(ABORT, 'a signed head is never deleted'); END;
