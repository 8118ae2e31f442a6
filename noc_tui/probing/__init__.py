"""Probes as `nocd` and the outside prober send them: what a target is, and whether it answers."""
