"""What every service of `nocd` stands on: start and stop, the socket, identity, the event bus."""
