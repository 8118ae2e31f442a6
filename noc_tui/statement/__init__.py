"""A tenant's month as both sides can check it: gathered from the database, worked out, written."""
