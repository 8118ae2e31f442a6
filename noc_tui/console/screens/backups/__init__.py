"""Backups: datastores of backup servers, and guests whose backups are in trouble."""
