"""Triage: open alerts and what is done about them."""
