"""The tenant register in the database: imported, and kept in step with its file."""
