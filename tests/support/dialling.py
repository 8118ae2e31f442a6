"""Connections on loopback: what the kernel does at once, apart from what a busy server does.

The kernel takes a connection without its server; a port that takes none is silent. A server has to
come for its TLS. A gateway has one limit for both: here the first part has a short one of its own,
so that a silent port is known soon and a busy server has all the time that it needs.
"""

import socket
from functools import cache
from typing import Any

import pytest
from urllib3.util import connection

DIAL_SECONDS = 0.3


def own_port() -> int:
    """A port of ours as long as the tests run: it refuses, until somebody listens there who shares
    it (`reuse_port`).
    """
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    taken.bind(("127.0.0.1", 0))
    port: int = taken.getsockname()[1]
    taken.detach()  # it stays open
    return port


@cache
def closed_port() -> int:
    """A port where nobody listens."""
    return own_port()


def dial_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever connects through urllib3 gives up a silent port soon."""
    connect = connection.create_connection

    def dial(address: tuple[str, int], timeout: float | None, **more: Any) -> socket.socket:
        made = connect(address, DIAL_SECONDS, **more)
        made.settimeout(timeout)
        return made

    monkeypatch.setattr(connection, "create_connection", dial)
