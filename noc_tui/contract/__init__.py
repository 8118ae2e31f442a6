"""The rules of the contract: pure functions over plain values; no clock, no I/O, no screen."""
