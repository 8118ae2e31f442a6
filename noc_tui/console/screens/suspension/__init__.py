"""Suspensions: the list, a case's page, and the wizard that prepares it."""
