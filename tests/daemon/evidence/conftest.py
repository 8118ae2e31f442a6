"""A database with a register, under a clock of its own."""

from tests.support.played_estate import clock, context, writer

__all__ = ["clock", "context", "writer"]
