"""Suspension (articles 5.1, 6, 8, 16.1 and annexe 1; rules R15 to R23), as pure functions."""
