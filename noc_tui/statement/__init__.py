"""Documents for a tenant or a lead: built from facts that were read, and printed."""
