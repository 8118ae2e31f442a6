-- A backup whose owner, name or number does not agree is doubtful, and no backup of that guest; why.
-- A backup on the guest's own site is shown, and never counts as one on the second site (R29).
ALTER TABLE backup ADD COLUMN doubt TEXT NOT NULL DEFAULT '';
ALTER TABLE backup ADD COLUMN offsite INTEGER NOT NULL DEFAULT 1;
DROP VIEW guest_line;
CREATE VIEW guest_line AS SELECT
  cluster, vmid, name, node, status, template,
  coalesce((
    SELECT tenant FROM tenant_pool AS owned
    WHERE owned.cluster = guest.cluster AND owned.pool = guest.pool AND valid_until IS NULL
  ), '') AS tenant,
  CASE (
    SELECT min(CASE state
      WHEN 'fresh' THEN 0 WHEN 'unverified' THEN 1 WHEN 'stale' THEN 2
      WHEN 'failed' THEN 3 WHEN 'doubtful' THEN 4 WHEN 'missing' THEN 5 ELSE 6 END)
    FROM backup WHERE backup.cluster = guest.cluster AND backup.vmid = guest.vmid AND offsite
  )
    WHEN 0 THEN 'fresh' WHEN 1 THEN 'unverified' WHEN 2 THEN 'stale'
    WHEN 3 THEN 'failed' WHEN 4 THEN 'doubtful' WHEN 5 THEN 'missing' ELSE 'unknown' END AS backup,
  cpu_percent, memory_percent, memory, disk, booted_at, tags, revision
FROM guest;
