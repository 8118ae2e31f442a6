"""Emptying a node: the plan, its waves, and HA's maintenance of a node."""
