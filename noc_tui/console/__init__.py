"""The Textual console: reads the database read-only, asks `nocd` for every change."""
