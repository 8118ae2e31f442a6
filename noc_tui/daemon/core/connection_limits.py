"""Limits the connections to the socket per account, so that no account can use them all.

Connections are kept back for who may do more: accounts without a role hold `strangers` together,
viewers leave room for operators, and operators for leads. One more is answered 503 and closed,
unread, as is an account without a role that connects without end. A connection that has not sent
a request's head in time, or does not take its answer, is closed. These run in the machine's time,
as all limits of the network do.
"""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from aiohttp import web

from noc_tui.daemon.core.accepting import Acceptor
from noc_tui.daemon.core.errors import Unavailable
from noc_tui.daemon.core.identity import uid_behind
from noc_tui.daemon.core.log import logger
from noc_tui.daemon.core.server import listening_socket
from noc_tui.i18n import _
from noc_tui.roles import Role

RoleOf = Callable[[int], Role | None]

ROLE_SECONDS = 5.0
"""How long the role of an account is remembered for its connections; each request asks anew."""
MOST_REMEMBERED = 1000
TOLD_AGAIN_SECONDS = 60.0
BACKLOG = 512
_HEAD_ENDS = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """How many connections an account and all together may hold, and seconds to a request.

    `in_all` is well under the descriptors that a process is given (1024), most of them for others
    than `nocd`'s own files and clusters.
    """

    each: int = 128
    in_all: int = 512
    kept_for_leads: int = 64
    kept_for_operators: int = 128
    strangers: int = 32
    each_stranger: int = 4
    patience: float = 30.0
    stranger_patience: float = 5.0
    stranger_rate: float = 10.0
    """Connections that an account without a role may open in a second, in the long run."""
    stranger_burst: int = 20

    def of_one(self, role: Role | None) -> int:
        """How many connections an account of that role may hold."""
        return self.each if role is not None else min(self.each, self.each_stranger)

    def room(self, role: Role | None) -> int:
        """How many connections those of that role, and all below it, may hold together."""
        kept = {
            Role.LEAD: 0,
            Role.OPERATOR: self.kept_for_leads,
            Role.VIEWER: self.kept_for_leads + self.kept_for_operators,
        }
        return self.strangers if role is None else self.in_all - kept[role]


def build_runner(app: web.Application) -> web.AppRunner:
    """What runs the application; an answer that is not ours (417) keeps no connection either."""
    return web.AppRunner(
        app, access_log=None, shutdown_timeout=2, lingering_time=2, keepalive_timeout=2
    )


@asynccontextmanager
async def open_socket(
    runner: web.AppRunner, path: Path, limits: SocketLimits, role_of: RoleOf
) -> AsyncIterator[None]:
    """Answer on the Unix socket at that path until the end; `runner` is set up."""
    listening = listening_socket(path)
    listening.listen(BACKLOG)
    acceptor = Acceptor(listening, _Door(runner, limits, role_of).take)
    acceptor.start()
    try:
        yield
    finally:
        acceptor.stop()
        await runner.cleanup()
        path.unlink(missing_ok=True)  # noqa: ASYNC240 - one name, at the end


@dataclass(frozen=True, slots=True)
class _Place:
    """A connection that was let in: whose it is, and its account's role then."""

    uid: int
    role: Role | None


@dataclass(slots=True)
class _Door:
    runner: web.AppRunner
    limits: SocketLimits
    role_of: RoleOf
    held: Counter[int] = field(default_factory=Counter)
    by_role: Counter[Role | None] = field(default_factory=Counter)
    told: dict[int, float] = field(default_factory=dict)
    """When the log last said that an account has too many connections."""
    roles: dict[int, tuple[float, Role | None]] = field(default_factory=dict)
    paced: dict[int, float] = field(default_factory=dict)
    """When the connections of an account without a role so far were due at its rate."""
    arriving: set["asyncio.Task[object]"] = field(default_factory=set)

    def take(self, peer: socket.socket) -> None:
        """Let a connection in, or show it out; it costs next to nothing to show it out."""
        if self.runner.server is None:
            raise RuntimeError("the runner is not set up")
        place = self.enter(uid_behind(peer))
        if place is None:
            with suppress(OSError):
                peer.send(_too_many())
            with suppress(OSError):  # what is unread would reset the connection, and the answer
                peer.recv(1 << 16)
            peer.close()
            return
        connection = _Connection(self, place, self.runner.server())
        loop = asyncio.get_running_loop()
        arrival = loop.create_task(loop.connect_accepted_socket(lambda: connection, peer))
        self.arriving.add(arrival)
        arrival.add_done_callback(self.arriving.discard)

    def enter(self, uid: int) -> _Place | None:
        """A place for one more connection of that account; one too many is in the log."""
        role = self._role(uid)
        below = sum(count for held, count in self.by_role.items() if (held or 0) <= (role or 0))
        if (
            self.held[uid] < self.limits.of_one(role)
            and below < self.limits.room(role)
            and (role is not None or self._in_pace(uid))
        ):
            self.held[uid] += 1
            self.by_role[role] += 1
            return _Place(uid, role)
        self._tell(uid)
        return None

    def _tell(self, uid: int) -> None:
        """In the log, but not as often as an account can connect."""
        now = time.monotonic()
        if len(self.told) >= MOST_REMEMBERED:
            self.told.clear()
        if now - self.told.get(uid, -TOLD_AGAIN_SECONDS) >= TOLD_AGAIN_SECONDS:
            self.told[uid] = now
            logger("socket").warning("too many connections", uid=uid, held=self.held[uid])

    def _in_pace(self, uid: int) -> bool:
        """Whether an account without a role may open one more now, which is counted then."""
        now = time.monotonic()
        if len(self.paced) >= MOST_REMEMBERED:
            self.paced.clear()
        due = max(now, self.paced.get(uid, now))
        if (due - now) * self.limits.stranger_rate > self.limits.stranger_burst - 1:
            return False
        self.paced[uid] = due + 1 / self.limits.stranger_rate
        return True

    def leave(self, place: _Place) -> None:
        self.by_role[place.role] -= 1
        self.held[place.uid] -= 1
        if not self.held[place.uid]:
            del self.held[place.uid]

    def patience(self, place: _Place) -> float:
        limits = self.limits
        return limits.patience if place.role is not None else limits.stranger_patience

    def _role(self, uid: int) -> Role | None:
        """The account's role; a flood of connections does not look it up each time."""
        now = time.monotonic()
        known = self.roles.get(uid)
        if known is not None and now < known[0]:
            return known[1]
        if len(self.roles) >= MOST_REMEMBERED:
            self.roles.clear()
        role = self.role_of(uid)
        self.roles[uid] = (now + ROLE_SECONDS, role)
        return role


class _Connection(asyncio.Protocol):
    """A connection before aiohttp sees it, which it does once there is room."""

    def __init__(self, door: _Door, place: _Place, behind: asyncio.Protocol) -> None:
        self._door = door
        self._place = place
        self._behind = behind
        self._transport: asyncio.Transport | None = None
        self._hurry: asyncio.TimerHandle | None = None
        self._end = b""
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream is expected")
        self._transport = transport
        transport.set_write_buffer_limits(high=0)  # so that every answer that waits is noticed
        self._hurry = self._end_after(self._door.patience(self._place))
        self._behind.connection_made(transport)

    def _end_after(self, seconds: float) -> asyncio.TimerHandle | None:
        if self._transport is None:
            return None
        return asyncio.get_running_loop().call_later(seconds, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        if self._hurry is not None:
            seen = self._end + data
            self._end = seen[1 - len(_HEAD_ENDS) :]
            if _HEAD_ENDS in seen:
                self._hurry.cancel()
                self._hurry = None
        self._behind.data_received(data)

    def eof_received(self) -> bool | None:
        return self._behind.eof_received()

    def pause_writing(self) -> None:
        if self._unread is None:
            self._unread = self._end_after(self._door.patience(self._place))
        self._behind.pause_writing()

    def resume_writing(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        self._behind.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._hurry, self._unread):
            if timer is not None:
                timer.cancel()
        self._door.leave(self._place)
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
