-- What a rule says in a timeline is worded in the language of who reads it: the rule and its values.
ALTER TABLE incident_entry ADD COLUMN words TEXT NOT NULL DEFAULT '[]';
