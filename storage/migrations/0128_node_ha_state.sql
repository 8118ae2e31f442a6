-- What HA's manager makes of a node: online, maintenance, unknown, fence, gone.
ALTER TABLE node ADD COLUMN ha_state TEXT;
