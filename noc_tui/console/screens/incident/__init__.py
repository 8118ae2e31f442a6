"""One incident, and the actions on it."""
