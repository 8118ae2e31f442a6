"""Decisions on tickets (annexe 2), recorded by `nocd`."""
