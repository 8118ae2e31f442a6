"""Who may hold how many connections to the socket: every account may connect, none may use it up.

One account has `EACH` connections, all together `IN_ALL`; one more is answered 503 and closed,
unread. A connection that has not sent a request's head within `PATIENCE` seconds is closed. These
run in the machine's time, as all limits of the network do.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from aiohttp import web

from noc_tui.daemon.core.errors import Unavailable
from noc_tui.daemon.core.identity import uid_behind
from noc_tui.daemon.core.log import logger
from noc_tui.daemon.core.server import listening_socket
from noc_tui.i18n import _

EACH, IN_ALL = 128, 512
"""Well under the descriptors that a process is given (1024), most of them for others than `nocd`'s
own files and clusters."""
PATIENCE = 30.0
_HEAD_ENDS = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """How many connections an account and all together may hold, and seconds to a request."""

    each: int = EACH
    in_all: int = IN_ALL
    patience: float = PATIENCE


@asynccontextmanager
async def opened(runner: web.AppRunner, path: Path, limits: SocketLimits) -> AsyncIterator[None]:
    """Answer on the Unix socket at that path until the end; `runner` is set up."""
    door = _Door(runner, limits)
    loop = asyncio.get_running_loop()
    server = await loop.create_unix_server(door.connection, sock=listening_socket(path))
    try:
        yield
    finally:
        server.close()
        await runner.cleanup()
        path.unlink(missing_ok=True)  # noqa: ASYNC240 - one name, at the end


@dataclass(slots=True)
class _Door:
    runner: web.AppRunner
    limits: SocketLimits
    held: Counter[int] = field(default_factory=Counter)
    full: set[int] = field(default_factory=set)

    def connection(self) -> asyncio.Protocol:
        if self.runner.server is None:
            raise RuntimeError("the runner is not set up")
        return _Connection(self, self.runner.server())

    def enter(self, uid: int) -> bool:
        """Whether that account may hold one more; the first one too many is in the log."""
        if self.held[uid] < self.limits.each and self.held.total() < self.limits.in_all:
            self.held[uid] += 1
            self.full.discard(uid)
            return True
        if uid not in self.full:
            self.full.add(uid)
            logger("socket").warning("too many connections", uid=uid, held=self.held[uid])
        return False

    def leave(self, uid: int) -> None:
        self.held[uid] -= 1
        if not self.held[uid]:
            del self.held[uid]


class _Connection(asyncio.Protocol):
    """A connection before aiohttp sees it, which it does once there is room."""

    def __init__(self, door: _Door, behind: asyncio.Protocol) -> None:
        self._door = door
        self._behind = behind
        self._uid: int | None = None
        self._hurry: asyncio.TimerHandle | None = None
        self._end = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream is expected")
        uid = uid_behind(transport.get_extra_info("socket"))
        if not self._door.enter(uid):
            transport.write(_too_many())
            transport.close()
            return
        self._uid = uid
        loop = asyncio.get_running_loop()
        self._hurry = loop.call_later(self._door.limits.patience, transport.abort)
        self._behind.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self._uid is None:
            return
        if self._hurry is not None:
            seen = self._end + data
            self._end = seen[1 - len(_HEAD_ENDS) :]
            if _HEAD_ENDS in seen:
                self._hurry.cancel()
                self._hurry = None
        self._behind.data_received(data)

    def eof_received(self) -> bool | None:
        return None if self._uid is None else self._behind.eof_received()

    def pause_writing(self) -> None:
        if self._uid is not None:
            self._behind.pause_writing()

    def resume_writing(self) -> None:
        if self._uid is not None:
            self._behind.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
        if self._uid is not None:
            self._door.leave(self._uid)
            self._behind.connection_lost(exc)


def _too_many() -> bytes:
    """The one form of error, in `nocd`'s own language: the request was not read."""
    said = Unavailable(_("too many connections to nocd are open"))
    body = msgspec.json.encode({"error": str(said), "code": said.code})
    head = (
        f"HTTP/1.1 {said.status} Service Unavailable\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
