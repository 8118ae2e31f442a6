-- The spine: what was seen of the clusters, the tenant register, intents, settings.
-- Instants are microseconds since the epoch in UTC. `revision` is the change that last wrote a row.

CREATE TABLE revision (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  value INTEGER NOT NULL,
  forgotten INTEGER NOT NULL
) STRICT;
INSERT INTO revision VALUES (1, 0, 0);

-- Rows that are no more, so that who reads by revision learns of it.
CREATE TABLE gone (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  revision INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX gone_revision ON gone(kind, revision);

CREATE TABLE setting (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cluster (
  name TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  version TEXT NOT NULL,
  quorate INTEGER,
  revision INTEGER NOT NULL
) STRICT;

CREATE TABLE source (
  cluster TEXT NOT NULL,
  name TEXT NOT NULL,
  seen_at INTEGER,
  tried_at INTEGER,
  failing_since INTEGER,
  error TEXT,
  due_seconds REAL NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, name)
) STRICT;

CREATE TABLE node (
  cluster TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  ip TEXT,
  cpu_percent INTEGER,
  memory_percent INTEGER,
  disk_percent INTEGER,
  cpus REAL,
  memory INTEGER,
  disk INTEGER,
  booted_at INTEGER,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, name)
) STRICT;
CREATE INDEX node_revision ON node(revision);

CREATE TABLE guest (
  cluster TEXT NOT NULL,
  vmid INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT,
  node TEXT NOT NULL,
  status TEXT NOT NULL,
  last_status TEXT,
  pool TEXT,
  template INTEGER,
  cpu_percent INTEGER,
  memory_percent INTEGER,
  disk_percent INTEGER,
  cpus REAL,
  memory INTEGER,
  disk INTEGER,
  booted_at INTEGER,
  ha_state TEXT,
  lock TEXT,
  tags TEXT NOT NULL,
  carried INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, vmid)
) STRICT;
CREATE INDEX guest_revision ON guest(revision);

CREATE TABLE storage (
  cluster TEXT NOT NULL,
  name TEXT NOT NULL,
  node TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  shared INTEGER NOT NULL,
  content TEXT NOT NULL,
  missing_on TEXT NOT NULL,
  used INTEGER,
  total INTEGER,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, name, node)
) STRICT;
CREATE INDEX storage_revision ON storage(revision);

CREATE TABLE pool (
  cluster TEXT NOT NULL,
  name TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, name)
) STRICT;

CREATE TABLE task (
  cluster TEXT NOT NULL,
  upid TEXT NOT NULL,
  node TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  user TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  status TEXT,
  outcome TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, upid)
) STRICT;
CREATE INDEX task_revision ON task(revision);
CREATE INDEX task_target ON task(cluster, target, started_at);

CREATE TABLE site (
  name TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  country TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;

CREATE TABLE tenant (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  contract_start TEXT,
  contract_end TEXT,
  pools TEXT NOT NULL,
  users TEXT NOT NULL,
  groups TEXT NOT NULL,
  guest_users TEXT NOT NULL,
  endpoints TEXT NOT NULL,
  support TEXT NOT NULL,
  support_billing TEXT NOT NULL,
  support_perimeter TEXT NOT NULL,
  revision INTEGER NOT NULL
) STRICT;

CREATE TABLE tenant_amount (
  tenant TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  amount TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (tenant, valid_from)
) STRICT;

CREATE TABLE tenant_quota (
  tenant TEXT PRIMARY KEY,
  vcpus INTEGER,
  memory INTEGER,
  disk INTEGER,
  guests INTEGER,
  revision INTEGER NOT NULL
) STRICT;

-- Which pool belonged to which tenant from when until when (R4); `until` is the first day without.
CREATE TABLE tenant_pool (
  cluster TEXT NOT NULL,
  pool TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_until TEXT,
  tenant TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, pool, valid_from)
) STRICT;

CREATE TABLE backup (
  cluster TEXT NOT NULL,
  vmid INTEGER NOT NULL,
  store TEXT NOT NULL,
  site TEXT NOT NULL,
  state TEXT NOT NULL,
  last_at INTEGER,
  size INTEGER,
  verified INTEGER,
  kept INTEGER,
  error TEXT,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, vmid, store)
) STRICT;
CREATE INDEX backup_revision ON backup(revision);

-- What is to be done to the world outside: written before it is done, and again after.
CREATE TABLE intent (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  payload TEXT NOT NULL,
  uid INTEGER NOT NULL,
  account TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'doing', 'done', 'failed', 'unknown')),
  changed_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  result TEXT,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX intent_open ON intent(kind, id) WHERE state IN ('pending', 'doing', 'unknown');
CREATE INDEX intent_revision ON intent(revision);
