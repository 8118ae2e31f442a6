"""The socket's door: no account uses it up, and whoever says nothing is shown out."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from noc_tui.daemon.core import accepting, connection_limits
from noc_tui.daemon.core.connection_limits import RoleOf, SocketLimits, open_socket
from noc_tui.roles import Role
from tests.support.waiting import patience

pytestmark = pytest.mark.anyio
ASK = b"GET /slow HTTP/1.1\r\nHost: nocd\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class House:
    """What answers behind the door; `/slow` waits for `go_on`."""

    path: Path
    go_on: asyncio.Event
    left: asyncio.Event
    opened: list[asyncio.StreamWriter] = field(default_factory=list)

    async def knock(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_unix_connection(self.path)
        self.opened.append(writer)
        return reader, writer

    async def leave(self) -> None:
        """Close whatever is still open, also where a test failed."""
        for writer in self.opened:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def big(self, request: web.Request) -> web.StreamResponse:
        """Far more than a socket holds; `left` says that it was given up."""
        answer = web.StreamResponse()
        await answer.prepare(request)
        try:
            for _ in range(100):
                await answer.write(bytes(1 << 20))
        finally:
            self.left.set()
        raise AssertionError("everything was taken")

    async def slow(self, _request: web.Request) -> web.StreamResponse:
        await self.go_on.wait()
        return web.Response(text="here")


@asynccontextmanager
async def house(
    directory: Path, limits: SocketLimits, role_of: RoleOf = lambda _uid: Role.LEAD
) -> AsyncIterator[House]:
    made = House(directory / "nocd.sock", asyncio.Event(), asyncio.Event())
    app = web.Application()
    app.add_routes([web.get("/slow", made.slow), web.get("/big", made.big)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    async with open_socket(runner, made.path, limits, role_of):
        try:
            yield made
        finally:
            await made.leave()


@pytest.mark.parametrize("limits", [SocketLimits(each=3), SocketLimits(in_all=3, kept_for_leads=0)])
async def test_one_connection_too_many_is_told_so_and_a_place_that_is_left_is_free(
    tmp_path: Path, limits: SocketLimits
) -> None:
    async with house(tmp_path, limits) as made:
        held = [await made.knock() for _ in range(3)]
        for _ in range(2):
            reader, writer = await made.knock()
            said = await reader.read()
            writer.close()
            assert said.startswith(b"HTTP/1.1 503 ")
            assert said.endswith(b'{"error":"too many connections to nocd are open","code":3}')
        for _reader, writer in held:
            writer.write(ASK)
        made.go_on.set()
        for reader, writer in held:
            assert (await reader.read()).endswith(b"here")
            writer.close()
        reader, writer = await made.knock()
        writer.write(ASK)
        assert (await reader.read()).endswith(b"here")
        writer.close()


async def test_who_sends_no_request_is_shown_out_and_who_waits_for_an_answer_is_not(
    tmp_path: Path,
) -> None:
    async with house(tmp_path, SocketLimits(patience=1.0)) as made:
        asking, asked = await made.knock()
        asked.write(ASK[:-2])
        asked.write(ASK[-2:])
        silent, mute = await made.knock()
        slow, dribble = await made.knock()
        dribble.write(ASK[:-1])
        for reader in (silent, slow):
            assert await reader.read() == b""
        made.go_on.set()
        assert (await asking.read()).endswith(b"here")
        for writer in (asked, dribble, mute):
            writer.close()


ROOM = SocketLimits(each=8, in_all=8, kept_for_leads=2, kept_for_operators=2, strangers=3)


@pytest.mark.parametrize(("role", "room"), [(None, 3), (Role.VIEWER, 4), (Role.OPERATOR, 6)])
async def test_whoever_may_less_leaves_room_for_who_may_more(
    tmp_path: Path, role: Role | None, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_limits, "ROLE_SECONDS", 0.0)
    comes: list[Role | None] = [role]
    async with house(tmp_path, ROOM, lambda _uid: comes[0]) as made:
        held = [await made.knock() for _ in range(room + 1)]
        assert (await held[-1][0].read()).startswith(b"HTTP/1.1 503 ")
        comes[0] = Role.LEAD
        reader, writer = await made.knock()
        writer.write(ASK)
        made.go_on.set()
        assert (await reader.read()).endswith(b"here")
        for _reader, one in (*held, (reader, writer)):
            one.close()


async def test_an_answer_that_nobody_reads_holds_no_connection(tmp_path: Path) -> None:
    async with house(tmp_path, SocketLimits(patience=0.3)) as made:
        made.go_on.set()
        _reader, writer = await made.knock()
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # a stream's transport reads
        writer.write(b"GET /big HTTP/1.1\r\nHost: nocd\r\n\r\n")
        async with patience():
            await made.left.wait()
        writer.close()


async def test_an_account_without_a_role_that_connects_without_end_is_slowed(
    tmp_path: Path,
) -> None:
    slow = SocketLimits(stranger_rate=0.001, stranger_burst=5)
    async with house(tmp_path, slow, lambda _uid: None) as made:
        made.go_on.set()
        answers = []
        for number in range(8):
            reader, writer = await made.knock()
            if number < slow.stranger_burst:  # the others are shown out unread
                writer.write(ASK)
            answers.append(await reader.read())
            writer.close()
        assert [answer[9:12] for answer in answers] == [b"200"] * 5 + [b"503"] * 3


async def test_a_stranger_that_comes_and_goes_is_in_the_log_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    limits = SocketLimits(each_stranger=1, stranger_rate=1e6)
    door = connection_limits._Door(web.AppRunner(web.Application()), limits, lambda _uid: None)
    for _ in range(5):
        place = door.enter(1005)
        assert place is not None
        assert door.enter(1005) is None
        door.leave(place)
    assert capsys.readouterr().out.count("too many connections") == 1


async def test_a_full_queue_leaves_the_loop_to_others(tmp_path: Path) -> None:
    async with house(tmp_path, SocketLimits(), lambda _uid: None) as made:
        waiting = [knock_without_waiting(made.path) for _ in range(accepting.HANDFUL * 3)]
        turns = 0
        while any(still_there(one) for one in waiting[SocketLimits().each_stranger :]):
            turns += 1
            await asyncio.sleep(0)
        for one in waiting:
            one.close()
        assert turns > 2  # one for each handful at least; all were taken in a single turn before


def knock_without_waiting(path: Path) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.setblocking(False)
    line.connect(str(path))
    return line


def still_there(line: socket.socket) -> bool:
    try:
        return bool(line.recv(1 << 16, socket.MSG_PEEK)) and b"503" not in line.recv(1 << 16)
    except BlockingIOError:
        return True
    except OSError:
        return False
