"""Timekeeping: the machine's clock watched, its jumps on record."""
