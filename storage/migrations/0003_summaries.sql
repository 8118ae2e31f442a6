-- Sums over ten thousand guests, read from indexes alone. Their columns change when a guest moves,
-- starts or stops, and not with its load, so that a poll seldom touches them.
CREATE INDEX guest_place ON guest(cluster, node, status, template);
CREATE INDEX backup_state ON backup(cluster, vmid, state);
