"""Whom an alert is told, and when: pure rules over stored rows."""
