-- When the last snooze of an alert ended: people are wanted again from then on.
ALTER TABLE alert ADD COLUMN woken_at INTEGER;
