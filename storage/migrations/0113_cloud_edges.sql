-- Our end of a tenant's VPN, and the firewall in front of it: where they can be probed, and whether
-- they answer.
CREATE TABLE cloud_edge (
  tenant TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  account TEXT NOT NULL,
  watched_from INTEGER NOT NULL,
  ended_at INTEGER,
  revision INTEGER NOT NULL,
  PRIMARY KEY (tenant, kind, target)
) STRICT;
CREATE INDEX cloud_edge_revision ON cloud_edge(revision);
CREATE TABLE edge_state (
  tenant TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  state TEXT NOT NULL,
  since INTEGER NOT NULL,
  checked_at INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  failing_since INTEGER,
  reason TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (tenant, kind, target)
) STRICT;
CREATE INDEX edge_state_revision ON edge_state(revision);
