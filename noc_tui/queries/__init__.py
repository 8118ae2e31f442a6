"""Reads of the database that several callers share, each in one snapshot."""
