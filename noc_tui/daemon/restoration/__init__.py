"""After a restore: the list of what is held, and its release by a lead."""
