-- What annexe 2 promises to watch of guests: memory, CPU and disk. `guest_inside` is what a guest's
-- own agent and its configuration say, asked in turn; `guest_strain` a figure that is at its limit
-- or above; `watch_month` how long something was watched in a month, and how long it was not well.
CREATE TABLE guest_inside (
  cluster TEXT NOT NULL,
  vmid INTEGER NOT NULL,
  asked_at INTEGER NOT NULL,
  ostype TEXT NOT NULL,
  agent TEXT NOT NULL,
  error TEXT NOT NULL,
  disk_percent INTEGER,
  mount TEXT NOT NULL,
  used INTEGER,
  total INTEGER,
  read_at INTEGER,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, vmid)
) STRICT;
CREATE INDEX guest_inside_revision ON guest_inside(revision);
CREATE TABLE guest_strain (
  cluster TEXT NOT NULL,
  vmid INTEGER NOT NULL,
  measure TEXT NOT NULL,
  tenant TEXT NOT NULL,
  name TEXT,
  percent INTEGER NOT NULL,
  threshold INTEGER NOT NULL,
  since INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, vmid, measure)
) STRICT;
CREATE INDEX guest_strain_revision ON guest_strain(revision);
CREATE TABLE watch_month (
  month TEXT NOT NULL,
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  measure TEXT NOT NULL,
  known INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  bad INTEGER NOT NULL,
  peak INTEGER,
  peak_at INTEGER,
  threshold INTEGER,
  revision INTEGER NOT NULL,
  PRIMARY KEY (month, tenant, subject, measure)
) STRICT;
CREATE INDEX watch_month_revision ON watch_month(revision);
CREATE TABLE resource_limit (
  tenant TEXT NOT NULL,
  guest TEXT NOT NULL,
  cpu INTEGER,
  memory INTEGER,
  disk INTEGER,
  reason TEXT NOT NULL,
  account TEXT NOT NULL,
  set_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (tenant, guest)
) STRICT;
CREATE INDEX resource_limit_revision ON resource_limit(revision);
