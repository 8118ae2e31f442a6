"""A guest's console through `nocd`: on record, once, for who asked, and no secret on the way."""

import asyncio
import dataclasses
import fcntl
import json
import os
import struct
import sys
import termios
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError
from msgspec.structs import replace

from noc_tui.api.guest_console import HANDED
from noc_tui.config.values import Demo
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.daemon.guests import console_relay
from noc_tui.daemon.guests.console_relay import CLOSED, OPENED, ConsoleService
from noc_tui.simulator.model.guest import Guest
from storage.evidence import Query, search
from tests.cluster.test_against_simulator import Site, site
from tests.support.context import made_context
from tests.support.served import served
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@dataclass
class Desk:
    """A `nocd` with one simulated cluster, and its socket."""

    context: Context
    site: Site
    service: ConsoleService
    session: ClientSession
    guest: Guest

    async def ask(self, who: str = "omar", vmid: int | None = None, **body: Any) -> tuple[int, Any]:
        place = f"rennes/{self.guest.vmid if vmid is None else vmid}"
        asked = {"circumstance": "client", "reference": "T-42", **body}
        url = f"http://nocd/v1/guests/{place}/console"
        async with self.session.post(url, json=asked, headers={"X-Noc-As": who}) as found:
            return found.status, await found.json()

    async def open(self, ticket: str, who: str = "omar") -> ClientWebSocketResponse:
        url = f"http://nocd/v1/consoles/{ticket}"
        return await self.session.ws_connect(url, headers={"X-Noc-As": who})

    async def entries(self, kind: str) -> list[dict[str, Any]]:
        found = await search(self.context.writer, Query(kind=kind))
        return [json.loads(one.payload or "{}") for one in found]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with site(tmp_path) as made, made_context(tmp_path) as plain:
        guests = made.simulator.world.clusters["rennes"].guests.values()
        guest = next(one for one in guests if one.running and one.config.get("serial0"))
        context = dataclasses.replace(plain, gateways={"rennes": made.gateway})
        context.config = replace(context.config, demo=Demo(account=os.getuid()))
        context.estate.remember(await made.gateway.fast_poll())
        service = console_relay.build(context)
        app = application(lambda: context.config, Refusals(context.writer, context.clock))
        app.add_routes(service.routes())
        async with served(app, context.config.socket.path) as session:
            yield Desk(context, made, service, session, guest)


async def read_until(socket: ClientWebSocketResponse, wanted: bytes) -> bytes:
    seen = b""
    async with asyncio.timeout(20):
        while wanted not in seen:
            message = await socket.receive()
            assert message.type is WSMsgType.BINARY, (message, seen)
            seen += message.data
    return seen


async def end_of(socket: ClientWebSocketResponse) -> dict[str, Any]:
    async with asyncio.timeout(20):
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                found: dict[str, Any] = json.loads(message.data)
                return found
    raise AssertionError("no end was told")


async def test_what_is_typed_reaches_the_guest_and_the_record_says_when_not_what(
    desk: Desk,
) -> None:
    status, ticket = await desk.ask()
    assert status == 200
    secrets = desk.site.gateway._access
    assert secrets.action_token is not None
    for secret in (secrets.action_token.secret, secrets.read_token.secret, "PVEVNC"):
        assert secret not in json.dumps(ticket)
    socket = await desk.open(ticket["session"])
    await read_until(socket, b"login: ")
    await socket.send_str('{"columns": 132, "rows": 50}')
    await socket.send_bytes(b"root\r")
    await socket.send_bytes(b"stty size\r")
    assert b"50 132" in await read_until(socket, b"50 132\r\n")
    await socket.close()
    await until(lambda: desk.entries(CLOSED))
    (opened,), (closed,) = await desk.entries(OPENED), await desk.entries(CLOSED)
    assert (opened["circumstance"], opened["reference"]) == ("client", "T-42")
    assert closed["ended"] == "closed"
    assert closed["opened"] == ticket["entry"]
    assert closed["typed_bytes"] == len("root\rstty size\r")
    assert "stty" not in json.dumps(closed)


async def test_a_console_opens_once_for_who_asked(desk: Desk) -> None:
    _status, ticket = await desk.ask()
    for who, status in (("olga", 403), ("vera", 403)):
        with pytest.raises(WSServerHandshakeError) as refused:
            await desk.open(ticket["session"], who)
        assert refused.value.status == status
    socket = await desk.open(ticket["session"])
    await read_until(socket, b"login: ")
    with pytest.raises(WSServerHandshakeError) as refused:
        await desk.open(ticket["session"])
    assert refused.value.status == 404
    await socket.close()


async def test_without_a_circumstance_or_a_role_nothing_opens(desk: Desk) -> None:
    assert (await desk.ask("vera"))[0] == 403
    assert (await desk.ask(circumstance="curiosity"))[0] == 400
    assert (await desk.ask(reference=""))[0] == 400
    assert (await desk.ask(vmid=99999))[0] == 404
    assert await desk.entries(OPENED) == []


async def test_a_machine_without_a_serial_port_is_refused_with_the_command(desk: Desk) -> None:
    del desk.guest.config["serial0"]
    status, answer = await desk.ask()
    assert status == 409
    assert f"qm set {desk.guest.vmid} --serial0 socket" in answer["error"]
    assert await desk.entries(OPENED) == []


async def test_nobody_types_for_long_and_it_closes(desk: Desk) -> None:
    desk.service.idle_seconds = 0.2
    _status, ticket = await desk.ask()
    socket = await desk.open(ticket["session"])
    assert (await end_of(socket))["ended"] == "idle"


async def test_a_refusal_of_the_cluster_is_told(desk: Desk) -> None:
    _status, ticket = await desk.ask()
    cluster = desk.site.simulator.world.clusters["rennes"]
    cluster.access.roles["NocActs"] = frozenset(("VM.Audit",))
    cluster.access.changed()
    socket = await desk.open(ticket["session"])
    end = await end_of(socket)
    assert end["ended"] == "failed"
    assert "VM.Console" in end["said"]
    (closed,) = await desk.entries(CLOSED)
    assert closed["ended"] == "failed"


class OperatorTerminal:
    """A pseudo-terminal with what was written to it."""

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("4H", 30, 100, 0, 0))
        self.seen = b""
        asyncio.get_running_loop().add_reader(self.master, self._read)

    def _read(self) -> None:
        self.seen += os.read(self.master, 65536)

    async def shows(self, wanted: bytes) -> None:
        await until(lambda: self.seen, lambda seen: wanted in seen)

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.master)
        os.close(self.master)
        os.close(self.slave)


async def test_the_terminal_is_put_through_and_given_back_whole(desk: Desk) -> None:
    _status, ticket = await desk.ask()
    handed = {
        "socket": str(desk.context.config.socket.path), "ticket": ticket, "play": "omar",
        "guest": f"rennes/{desk.guest.vmid}", "language": "en",
    }  # fmt: skip
    terminal = OperatorTerminal()
    try:
        before = termios.tcgetattr(terminal.slave)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "noc_tui.commands.guest_console",
            env={**os.environ, HANDED: json.dumps(handed)},
            stdin=terminal.slave, stdout=terminal.slave, stderr=terminal.slave,
        )  # fmt: skip
        await terminal.shows(b"login: ")
        assert f"On record: entry {ticket['entry']}".encode() in terminal.seen
        terminal.type(b"root\rstty size\r")
        await terminal.shows(b"30 100")
        terminal.type(b"hostile\r")
        await terminal.shows(b"shown")
        assert b"]52;" not in terminal.seen
        terminal.type(b"\x1d")
        await terminal.shows(b"console closed")
        assert await process.wait() == 0
        assert termios.tcgetattr(terminal.slave) == before
        shown = terminal.seen
        assert shown.index(b"[?1049h") < shown.rindex(b"[?1049l") < shown.index(b"console closed")
    finally:
        terminal.close()
