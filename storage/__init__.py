"""The SQLite file: schema, typed records, queries, and the evidence chain. All SQL is here."""
