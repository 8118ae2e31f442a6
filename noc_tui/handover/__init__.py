"""The shift handover: reads, builds and compares it."""
