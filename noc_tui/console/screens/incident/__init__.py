"""One incident, with what can be done to it."""
