"""Shift handover in `nocd`: opened, accepted item by item, signed."""
