"""The timeline of tenants, with maintenance windows."""
