"""The database as the daemon watches it: whether it can be written, and who is told if not."""
