"""The estate that is played poll by poll, as fixtures."""

from tests.support.played_estate import clock, context, estate, writer

__all__ = ["clock", "context", "estate", "writer"]
