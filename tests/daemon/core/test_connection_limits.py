"""The socket's door: no account uses it up, and whoever says nothing is shown out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from noc_tui.daemon.core.connection_limits import SocketLimits, opened

pytestmark = pytest.mark.anyio
ASK = b"GET /slow HTTP/1.1\r\nHost: nocd\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class House:
    """What answers behind the door; `/slow` waits for `go_on`."""

    path: Path
    go_on: asyncio.Event

    async def knock(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_unix_connection(self.path)

    async def slow(self, _request: web.Request) -> web.StreamResponse:
        await self.go_on.wait()
        return web.Response(text="here")


@asynccontextmanager
async def house(directory: Path, limits: SocketLimits) -> AsyncIterator[House]:
    made = House(directory / "nocd.sock", asyncio.Event())
    app = web.Application()
    app.add_routes([web.get("/slow", made.slow)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    async with opened(runner, made.path, limits):
        yield made


@pytest.mark.parametrize("limits", [SocketLimits(each=3), SocketLimits(in_all=3)])
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
    async with house(tmp_path, SocketLimits(patience=0.2)) as made:
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
