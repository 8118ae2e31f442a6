"""Textual widgets that know no tenant and no contract; they take values and post messages."""
