"""The tenant list and a tenant's page."""
