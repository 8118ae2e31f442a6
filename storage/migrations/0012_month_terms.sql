-- The version of the terms in force is stamped on a tenant's month; a month that is over keeps its own.
ALTER TABLE month_figure ADD COLUMN terms TEXT NOT NULL DEFAULT '';
