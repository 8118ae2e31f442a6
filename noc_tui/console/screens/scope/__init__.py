"""Annexe 2: the look-up, its matrix, earlier decisions."""
