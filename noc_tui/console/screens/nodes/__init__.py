"""A node: its state, its part in HA, its storages and zones, and what it says of itself."""
