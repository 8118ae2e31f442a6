"""The evidence log, searched and read."""
