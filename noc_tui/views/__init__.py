"""What the stored rows come to, as pure functions: one answer for the console and the commands."""
