"""Requests made from the routes' own declarations: whatever is in them, none breaks `nocd`."""

import asyncio
import os
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from noc_tui.api.endpoint import Failure
from noc_tui.clock import SystemClock
from noc_tui.config import Demo, Secret, Secrets, SecretToken
from noc_tui.daemon.core import health, server
from noc_tui.daemon.core.connection_limits import SocketLimits, build_runner, open_socket
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.gateways import open_gateways
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.daemon.program.services import build_services
from noc_tui.roles import Role
from tests.support.context import made_context
from tests.support.endpoints import ENDPOINTS
from tests.support.fuzz import hostile
from tests.support.waiting import patience

pytestmark = pytest.mark.anyio
SEED = 20261130
LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
NOBODY = "https://127.0.0.1:9"
"""A cluster that refuses at once."""


@asynccontextmanager
async def daemon(directory: Path) -> AsyncIterator[Path]:
    """Every route of `nocd` on a socket, over a real database; this account plays a lead."""
    token = SecretToken("noc@pve!read", Secret("11111111-2222-3333-4444-555555555555"))
    secrets = Secrets(read={"rennes": token}, action={"rennes": token})
    async with made_context(directory, clock=SystemClock(), secrets=secrets) as made:
        (rennes,) = made.config.clusters
        config = msgspec.structs.replace(
            made.config,
            demo=Demo(account=os.getuid(), default="lea"),
            clusters=(
                msgspec.structs.replace(rennes, endpoints=(NOBODY,), fingerprint="AB:" * 31 + "AB"),
            ),
        )
        async with (
            open_gateways(config, secrets, made.clock) as gateways,
            answering(replace(made, config=config, gateways=gateways)) as path,
        ):
            yield path


@asynccontextmanager
async def answering(context: Context) -> AsyncIterator[Path]:
    """The routes of every part of the daemon, none of whose loops runs."""
    refusals = Refusals(context.writer, context.clock)
    app = application(lambda: context.config, refusals)
    for part in (health.build(context, refusals), *build_services(context)):
        app.add_routes(part.routes())
    runner = build_runner(app)
    await runner.setup()
    path = context.config.socket.path
    async with open_socket(runner, path, SocketLimits(), lambda _uid: Role.LEAD):
        yield path


async def told(path: Path, sent: bytes) -> tuple[int, bytes]:
    """The status and the body that come back; an endless stream is left after its head."""
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        if status == 100:
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head.split(b" ", 2)[1])
        if b"event-stream" in head:
            return status, b""
        # To the end of the body, not of the connection: after an error that lingers for seconds.
        length = LENGTH.search(head)
        wanted, body = None if length is None else int(length[1]), b""
        while wanted is None or len(body) < wanted:
            part = await reader.read(1 << 16)
            if not part:
                break
            body += part
        return status, body
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@pytest.mark.parametrize(
    "count", [200, pytest.param(2000, marks=[pytest.mark.long, pytest.mark.timeout(480)])]
)
async def test_no_number_header_path_or_body_breaks_a_route(
    tmp_path: Path, count: int, capfd: pytest.CaptureFixture[str]
) -> None:
    names = sorted(ENDPOINTS)
    chance = random.Random(SEED)
    statuses: set[int] = set()
    async with daemon(tmp_path) as path:
        for number in range(count):
            name = names[number % len(names)]
            made = hostile(name, ENDPOINTS[name], chance)
            what = f"request {number} at {name}: {made.sent[:300]!r}"
            try:
                async with patience():
                    status, body = await told(path, made.sent)
            except (TimeoutError, asyncio.IncompleteReadError) as error:
                raise AssertionError(f"{what}: no answer") from error
            statuses.add(status)
            what = f"{what} -> {status} {body[:300]!r}"
            assert status != 500, f"{what}\n{capfd.readouterr().err[-3000:]}"
            if status >= 400 and body.startswith(b"{"):
                assert msgspec.json.decode(body, type=Failure).error, what
        status, body = await told(path, b"GET /v1/health HTTP/1.1\r\nHost: nocd\r\n\r\n")
        assert status == 200, body
    assert {200, 400, 404} <= statuses


@pytest.mark.parametrize(
    "target",
    [
        f"/v1/guests/rennes/{'9' * 5000}/config",
        f"/v1/intents/{'9' * 5000}",
        f"/v1/intents/{'9' * 19}",
        "/v1/intents/%D9%A3",
        f"/v1/events?after={'9' * 5000}",
        "/v1/events?after=-1",
    ],
)
async def test_a_number_that_is_none_is_told_in_a_short_sentence(
    tmp_path: Path, target: str
) -> None:
    async with daemon(tmp_path) as path:
        status, body = await told(path, f"GET {target} HTTP/1.1\r\nHost: nocd\r\n\r\n".encode())
    assert status == 400
    assert len(msgspec.json.decode(body, type=Failure).error) < 200


async def test_a_body_that_never_comes_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "BODY_SECONDS", 0.3)
    head = b"POST /v1/presence HTTP/1.1\r\nHost: nocd\r\nContent-Length: 100\r\n\r\n{"
    async with daemon(tmp_path) as path, patience():
        status, body = await told(path, head)
    assert status == 408
    assert msgspec.json.decode(body, type=Failure).code == 2


async def test_a_connection_is_closed_after_its_answer(tmp_path: Path) -> None:
    ask = b"GET /v1/whoami HTTP/1.1\r\nHost: nocd\r\nConnection: keep-alive\r\n\r\n"
    async with daemon(tmp_path) as path, patience():
        status, body = await told(path, ask)  # reads to the end of the stream
    assert (status, b"lea" in body) == (200, True)
