"""Alerts: what is wrong, decided by pure rules over stored rows."""
