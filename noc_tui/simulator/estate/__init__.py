"""Where the simulated estate comes from: sites, tenants, nodes and guests, by a seed."""
