-- The head over all entries: each commit that adds to the chain signs it anew.
CREATE TABLE evidence_current (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  line TEXT NOT NULL
) STRICT;

CREATE TRIGGER evidence_current_no_delete BEFORE DELETE ON evidence_current
BEGIN SELECT RAISE(ABORT, 'the signature over the chain is never removed'); END;
