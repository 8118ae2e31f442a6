-- What a lead made of an override: a case of the hoster's own, or declined. The ticket's text stays
-- in scope_decision alone, so that an erasure there takes it from the case as well.

CREATE TABLE scope_case (
  decision INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('approved', 'declined')),
  at INTEGER NOT NULL,
  account TEXT NOT NULL,
  reason TEXT NOT NULL,
  evidence INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX scope_case_revision ON scope_case(revision);
