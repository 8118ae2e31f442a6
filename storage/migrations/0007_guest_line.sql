-- A guest as tables of guests show it: with the tenant that its pool belongs to today ('' for none)
-- and the best state of its backups, since one fresh copy on the second site is what R29 asks for.
CREATE VIEW guest_line AS SELECT
  cluster, vmid, name, node, status, template,
  coalesce((
    SELECT tenant FROM tenant_pool AS owned
    WHERE owned.cluster = guest.cluster AND owned.pool = guest.pool AND valid_until IS NULL
  ), '') AS tenant,
  CASE (
    SELECT min(CASE state
      WHEN 'fresh' THEN 0 WHEN 'unverified' THEN 1 WHEN 'stale' THEN 2
      WHEN 'failed' THEN 3 WHEN 'missing' THEN 4 ELSE 5 END)
    FROM backup WHERE backup.cluster = guest.cluster AND backup.vmid = guest.vmid
  )
    WHEN 0 THEN 'fresh' WHEN 1 THEN 'unverified' WHEN 2 THEN 'stale'
    WHEN 3 THEN 'failed' WHEN 4 THEN 'missing' ELSE 'unknown' END AS backup,
  cpu_percent, memory_percent, memory, disk, booted_at, tags, revision
FROM guest;
