-- What is asked of clusters and nodes at a slow pace, each with its age: HA's managers, services and
-- rules, Ceph, replication, subscriptions, updates, ZFS pools, disks, certificates. `node` is empty
-- for what is the whole cluster's.
CREATE TABLE estate_fact (
  cluster TEXT NOT NULL,
  node TEXT NOT NULL,
  topic TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  said TEXT NOT NULL,
  number INTEGER,
  at INTEGER,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, node, topic, name)
) STRICT;
CREATE INDEX estate_fact_revision ON estate_fact(revision);
CREATE TABLE estate_look (
  cluster TEXT NOT NULL,
  node TEXT NOT NULL,
  topic TEXT NOT NULL,
  tried_at INTEGER NOT NULL,
  seen_at INTEGER,
  error TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, node, topic)
) STRICT;
CREATE INDEX estate_look_revision ON estate_look(revision);
-- SDN zones and fabrics, as each node reports them.
CREATE TABLE zone (
  cluster TEXT NOT NULL,
  node TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (cluster, node, kind, name)
) STRICT;
CREATE INDEX zone_revision ON zone(revision);
