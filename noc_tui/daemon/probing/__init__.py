"""Probes in `nocd`: which there are, when each is sent, and what is concluded from it."""
