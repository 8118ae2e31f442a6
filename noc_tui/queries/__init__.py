"""Reads of the database that several callers share; the caller passes the snapshot to read from."""
