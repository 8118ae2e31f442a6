"""Documents for a tenant or a lead: composed from read facts, and printed."""
