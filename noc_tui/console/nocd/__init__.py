"""The client of `nocd`'s socket, for the console and the commands."""
