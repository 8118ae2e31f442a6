-- Decisions on tickets under annexe 2 (R27). A row is never changed: who thinks again adds another.

CREATE TABLE scope_decision (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  account TEXT NOT NULL,
  tenant TEXT NOT NULL,
  reference TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  proposed_verdict TEXT NOT NULL,
  proposed_rows TEXT NOT NULL,
  because TEXT NOT NULL,
  confidence INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('accepted', 'overridden', 'asked')),
  verdict TEXT NOT NULL,
  row TEXT NOT NULL,
  infogerance TEXT NOT NULL,
  reason TEXT NOT NULL,
  answered TEXT NOT NULL,
  language TEXT NOT NULL,
  evidence INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX scope_decision_revision ON scope_decision(revision);
CREATE INDEX scope_decision_kind ON scope_decision(kind, proposed_verdict);
