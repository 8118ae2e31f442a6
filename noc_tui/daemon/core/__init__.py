"""Shared by all services of `nocd`: the socket, identity, the event bus."""
