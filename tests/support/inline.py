"""Statements on the caller's own thread, for plays of thousands of looks.

An errand to a connection's thread costs more than most statements; over a month of looks that is
half the time. What another thread changes is for the tests of `storage`.
"""

import sqlite3
from typing import Any

import pytest

from storage import connection


def run_inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that are opened from now on run their statements where they are asked for."""

    class Inline(connection._Raw):
        async def _execute(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
            return fn(*args, **kwargs)

    def connect(uri: str) -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)

    monkeypatch.setattr(connection, "_Raw", Inline)
    monkeypatch.setattr(connection, "_connect", connect)
