-- How much of a source's last answer could not be read and was left out, and the first of it by name.
ALTER TABLE source ADD COLUMN omitted_fields INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN omitted_rows INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN omitted TEXT NOT NULL DEFAULT '';
