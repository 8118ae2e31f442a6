"""Availability in `nocd`: the ledger, outages, incidents, exclusions, credits."""
