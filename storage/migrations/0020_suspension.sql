-- Suspensions: cases, their guests, the journal of every change made to a guest, the mails, and the
-- official text of the contract.

CREATE TABLE suspension (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  tenant_name TEXT NOT NULL,
  ground TEXT NOT NULL,
  state TEXT NOT NULL,
  rehearsal INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  started_at INTEGER,
  deadline INTEGER,
  closed_at INTEGER,
  notice_owed INTEGER NOT NULL,
  review_due INTEGER,
  document TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX suspension_revision ON suspension(revision);
CREATE INDEX suspension_tenant ON suspension(tenant, opened_at);

-- One row a guest of a case: how far it is, in words an operator reads.
CREATE TABLE suspension_guest (
  suspension TEXT NOT NULL,
  cluster TEXT NOT NULL,
  vmid INTEGER NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  detail TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (suspension, cluster, vmid)
) STRICT;
CREATE INDEX suspension_guest_revision ON suspension_guest(revision);

-- The journal: one row a means and guest, written before the change with what was true before.
CREATE TABLE suspension_step (
  suspension TEXT NOT NULL,
  cluster TEXT NOT NULL,
  vmid INTEGER NOT NULL,
  position INTEGER NOT NULL,
  means TEXT NOT NULL,
  state TEXT NOT NULL,
  record TEXT,
  said TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  took_effect_at INTEGER,
  changed_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (suspension, cluster, vmid, position)
) STRICT;
CREATE INDEX suspension_step_revision ON suspension_step(revision);

-- The outbox. `id` is the Message-ID, chosen once; `raw` the exact bytes that are sent.
CREATE TABLE message (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  purpose TEXT NOT NULL,
  recipient TEXT NOT NULL,
  copy TEXT NOT NULL,
  subject TEXT NOT NULL,
  raw BLOB NOT NULL,
  uid INTEGER NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'accepted', 'refused', 'unknown')),
  attempts INTEGER NOT NULL,
  next_at INTEGER,
  answer TEXT NOT NULL,
  queued_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX message_open ON message(next_at) WHERE state IN ('queued', 'sending', 'unknown');
CREATE INDEX message_about ON message(about);
CREATE INDEX message_revision ON message(revision);

-- The contract as the hoster imported it; the newest import is the one that is shown.
CREATE TABLE contract_text (
  sha256 TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  account TEXT NOT NULL,
  content TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
