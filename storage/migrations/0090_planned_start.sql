-- When an order that waits for its time is carried out: every screen counts down to the next.
ALTER TABLE suspension ADD COLUMN starts_at INTEGER;
CREATE INDEX suspension_starts ON suspension(starts_at) WHERE starts_at IS NOT NULL;
