"""Shared by all services of `nocd`: start and stop, the socket, identity, the event bus."""
