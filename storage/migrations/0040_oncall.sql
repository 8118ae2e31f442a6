-- On call: alerts and what people said of them, shifts, handovers, who is there.

CREATE TABLE alert (
  fingerprint TEXT PRIMARY KEY,
  rule TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('critical', 'warning', 'notice')),
  scope TEXT NOT NULL,
  subject TEXT NOT NULL,
  tenant TEXT NOT NULL,
  words TEXT NOT NULL,
  deadline INTEGER,
  state TEXT NOT NULL CHECK (state IN ('open', 'resolved')),
  since INTEGER NOT NULL,
  raised INTEGER NOT NULL,
  resolved_at INTEGER,
  acknowledged_at INTEGER,
  acknowledged_by TEXT NOT NULL,
  acknowledged_severity TEXT NOT NULL,
  snoozed_until INTEGER,
  assignee TEXT NOT NULL,
  incident INTEGER,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_open ON alert(state, severity);
CREATE INDEX alert_revision ON alert(revision);

CREATE TABLE alert_note (
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  at INTEGER NOT NULL,
  account TEXT NOT NULL,
  text TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_note_of ON alert_note(fingerprint, id);

-- A page is one telling of one alert to one receiver; its id is sent along, so that a repetition is
-- known as such.
CREATE TABLE page (
  id TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  receiver TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'done', 'failed', 'unknown')),
  attempts INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  next_at INTEGER,
  answer TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX page_open ON page(state, next_at);

CREATE TABLE shift (
  id INTEGER PRIMARY KEY,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL,
  account TEXT NOT NULL,
  planned_by TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX shift_end ON shift("end");

CREATE TABLE handover (
  id INTEGER PRIMARY KEY,
  opened_at INTEGER NOT NULL,
  outgoing TEXT NOT NULL,
  incoming TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'signed')),
  signed_at INTEGER,
  until INTEGER NOT NULL,
  evidence INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;

CREATE TABLE handover_item (
  handover INTEGER NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  words TEXT NOT NULL,
  due INTEGER,
  holder TEXT NOT NULL,
  accepted_at INTEGER,
  revision INTEGER NOT NULL,
  PRIMARY KEY (handover, position)
) STRICT;

CREATE TABLE shift_note (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  account TEXT NOT NULL,
  text TEXT NOT NULL,
  handover INTEGER,
  revision INTEGER NOT NULL
) STRICT;

-- Which console is looking at what; rows go when the console does.
CREATE TABLE presence (
  account TEXT NOT NULL,
  console TEXT NOT NULL,
  subject TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (account, console)
) STRICT;
