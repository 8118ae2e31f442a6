"""Connections that are broken off, as by a machine that loses its power."""

import asyncio
from contextlib import suppress


def drop(transport: asyncio.BaseTransport | None) -> None:
    """Break a connection at once, whatever is still to be sent; one that is gone is left."""
    if isinstance(transport, asyncio.WriteTransport):
        # Python 3.11.2 (Debian 12) raises AttributeError for a TLS transport that was closed twice.
        with suppress(AttributeError):
            transport.abort()
