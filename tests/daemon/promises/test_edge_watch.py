"""Endpoints of VPNs and firewalls, probed on real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from msgspec.structs import replace

from noc_tui.clock import SteppedClock
from noc_tui.config.values import CanaryConfig, Probing
from noc_tui.contract.calendar import Month
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.promises.edge_watch import EdgeWatch
from noc_tui.queries.promise_sheets import read_promise_sheets
from storage.cloud_edges import EDGE_STATES, EdgeState
from tests.daemon.promises.conftest import Post
from tests.support.dialling import own_port

pytestmark = pytest.mark.anyio
PACE = 30.0


class Tunnel:
    """Our end of a VPN: a port that accepts, or refuses."""

    def __init__(self) -> None:
        self.port = own_port()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(_hang_up, "127.0.0.1", self.port, reuse_port=True)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None


async def _hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@asynccontextmanager
async def tunnel() -> AsyncIterator[Tunnel]:
    made = Tunnel()
    await made.open()
    try:
        yield made
    finally:
        await made.close()


async def look(context: Context, watch: EdgeWatch) -> EdgeState:
    assert isinstance(context.clock, SteppedClock)
    await context.clock.advance(PACE)
    (state,) = await watch.look()
    assert [state] == await EDGE_STATES.read(context.writer)
    return state


async def watched(noc: tuple[Context, Post], target: str) -> tuple[Context, EdgeWatch]:
    context, post = noc
    context.config = replace(context.config, probing=Probing(interval=PACE, timeout=2))
    body = {"tenant": "acme", "kind": "vpn", "target": target}
    assert (await post("lea", "/v1/promises/edges", **body))[0] == 200
    return context, EdgeWatch(context)


async def test_a_service_that_is_gone_is_silent_though_its_host_refuses(
    noc: tuple[Context, Post],
) -> None:
    """To availability a refused connection is an answer of the network; a VPN is its service."""
    async with tunnel() as end:
        context, watch = await watched(noc, f"tcp://127.0.0.1:{end.port}")
        assert (await look(context, watch)).state == "answers"
        await end.close()
        assert (await look(context, watch)).state == "answers", "one failure confirms nothing"
        began = context.clock.now()
        state = await look(context, watch)
        assert (state.state, state.since, state.reason) == ("silent", began, "econnrefused")
        await end.open()
        assert (await look(context, watch)).state == "answers"
    async with context.writer.snapshot() as db:
        (sheet,) = await read_promise_sheets(
            db, context.config.promises, Month(2026, 3), context.clock.now(), "acme"
        )
    (edge,) = sheet.edges
    assert (edge.kind, edge.known, edge.silent, edge.unknown) == ("vpn", 90, 30, 0)


async def test_a_name_that_is_not_found_is_unknown(noc: tuple[Context, Post]) -> None:
    context, watch = await watched(noc, "tcp://vpn.acme.invalid:443")
    for _ in range(3):
        assert (await look(context, watch)).state == "unknown"


async def test_without_a_canary_a_silence_may_be_our_own(
    noc: tuple[Context, Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def times_out(*_arguments: object) -> object:
        from noc_tui.probing.checks import ProbeResult

        return ProbeResult(False, "timeout")

    async with tunnel() as canary:
        context, watch = await watched(noc, "tcp://192.0.2.1:443")
        monkeypatch.setattr("noc_tui.daemon.promises.edge_watch.check", times_out)
        for _ in range(3):
            assert (await look(context, watch)).state == "unknown"
        target = CanaryConfig(name="c", target=f"tcp://127.0.0.1:{canary.port}")
        context.config = replace(context.config, canaries=(target,))
        first = context.clock.now() + timedelta(seconds=PACE)
        await look(context, watch)
        state = await look(context, watch)
        assert (state.state, state.since) == ("silent", first)


async def test_an_endpoint_that_is_watched_no_longer_has_no_state(
    noc: tuple[Context, Post],
) -> None:
    async with tunnel() as end:
        target = f"tcp://127.0.0.1:{end.port}"
        context, watch = await watched(noc, target)
        await look(context, watch)
        _context, post = noc
        body = {"tenant": "acme", "kind": "vpn", "target": target, "watched": False}
        assert (await post("lea", "/v1/promises/edges", **body))[0] == 200
        assert await watch.look() == []
        assert await EDGE_STATES.read(context.writer) == []
