"""The month's SLA of all tenants, and the credits to answer."""
