"""Relays a guest's serial console between an operator and Proxmox (R36).

The circumstance is on record before the console opens, and when and why it ended after it; what was
shown and typed is not kept. The stream opens once, within a minute, for the account that asked.
"""

import asyncio
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec
from aiohttp import WSMsgType, web

from noc_tui.api import guest_console as api
from noc_tui.cluster import errors
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.guest_location import GuestGone, locate_guest, reach_guest
from noc_tui.cluster.term_proxy import TerminalLink, frame_size, frame_typed
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict, Forbidden, NotFound, Unavailable
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.request_values import number_of
from noc_tui.daemon.core.server import Call, caller, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.i18n import _
from noc_tui.roles import Caller
from storage.register import guest_tenants

OPENED, CLOSED = "guest.console.opened", "guest.console.closed"
TICKET_SECONDS = 60.0
"""Of the machine, as all times of the network are."""
IDLE_SECONDS = 600.0
MOST_AT_ONCE = 16


def build(context: Context) -> "ConsoleService":
    """Build the service for the daemon's list."""
    return ConsoleService(context)


@dataclass(frozen=True, slots=True)
class ConsoleSession:
    """A console that was asked for and may be opened once."""

    who: Caller
    cluster: str
    vmid: int
    subjects: tuple[str, ...]
    serial: int | None
    entry: int
    until: float


@dataclass(slots=True)
class ConsoleEnding:
    """How a console ended, and how many bytes went each way."""

    end: api.ConsoleEnd = field(default_factory=lambda: api.ConsoleEnd("closed"))
    typed: int = 0
    shown: int = 0


@dataclass(slots=True)
class ConsoleService:
    """Takes requests, and relays the consoles that are open."""

    context: Context
    name: str = "consoles"
    idle_seconds: float = IDLE_SECONDS
    _waiting: dict[str, ConsoleSession] = field(default_factory=dict)
    _open: int = 0

    def routes(self) -> Sequence[web.RouteDef]:
        return [route(api.REQUEST, self.request), web.get(api.STREAM.path, self.stream)]

    async def run(self) -> None:
        """Do nothing in the background."""

    async def polled(self, result: PollResult) -> None:
        """Do nothing: a console needs no poll."""

    async def request(self, call: Call[api.ConsoleRequest]) -> api.ConsoleTicket:
        """Put the circumstance on record; what opens the console once."""
        cluster, vmid = call.path["cluster"], number_of(call.path, "vmid")
        guest = self.context.estate.guest(cluster, vmid)
        if self._open + len(self._waiting) >= MOST_AT_ONCE:
            self._forget_old()
        if self._open + len(self._waiting) >= MOST_AT_ONCE:
            raise Conflict(_("too many consoles are open"))
        await self._require_serial(cluster, vmid, call.body.serial)
        day = paris_day(micros(self.context.clock.now()))
        tenant = (await guest_tenants(self.context.writer, day)).get((cluster, vmid), "")
        subjects = (f"guest:{cluster}/{vmid}", *([f"tenant:{tenant}"] if tenant else []))
        asked = call.body
        async with self.context.writer.change(actor(call.who)) as change:
            entry = await change.record(
                OPENED,
                list(subjects),
                {
                    "circumstance": asked.circumstance,
                    "reference": asked.reference,
                    "name": guest.name,
                },
            )
        session = secrets.token_urlsafe(24)
        self._waiting[session] = ConsoleSession(
            who=call.who,
            cluster=cluster,
            vmid=vmid,
            subjects=subjects,
            serial=asked.serial,
            entry=entry,
            until=time.monotonic() + TICKET_SECONDS,
        )
        name = guest.name or f"{cluster}/{vmid}"
        return api.ConsoleTicket(session, entry, name, tenant, int(self.idle_seconds))

    async def _require_serial(self, cluster: str, vmid: int, wanted: int | None) -> None:
        """Raise `Conflict`, with the command to type, for a virtual machine without that port."""
        gateway = self.context.gateways[cluster]
        seen = self.context.estate.last_place(cluster, vmid)
        if seen is None or seen.kind != "qemu":
            return
        try:
            config = await reach_guest(gateway, vmid, gateway.guest_config, seen=seen)
        except GuestGone as error:
            raise NotFound(str(error)) from error
        except errors.GatewayError as error:
            raise Unavailable(str(error)) from error
        ports = [f"serial{number}" for number in (range(4) if wanted is None else [wanted])]
        if not any(port in config.values for port in ports):
            text = _(
                "this VM has no serial port: qm set {vmid} --serial0 socket, restart it, and give"
                " its system a console on ttyS0"
            )
            raise Conflict(text.format(vmid=vmid))

    def _forget_old(self) -> None:
        now = time.monotonic()
        for session in [key for key, one in self._waiting.items() if one.until < now]:
            del self._waiting[session]

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Relay the console until one side ends, or nobody types for long."""
        who = caller(request, api.STREAM.role)
        self._forget_old()
        session = self._waiting.get(request.match_info["session"])
        if session is None:
            raise NotFound(_("this console was opened already, or not in time: ask again"))
        if (session.who.uid, session.who.name) != (who.uid, who.name):
            raise Forbidden(_("another account asked for this console"))
        del self._waiting[request.match_info["session"]]
        socket = web.WebSocketResponse(heartbeat=30.0, max_msg_size=1 << 16)
        await socket.prepare(request)
        ending = ConsoleEnding()
        self._open += 1
        try:
            await self._relay(session, socket, ending)
        finally:
            self._open -= 1
            await asyncio.shield(self._record_end(session, ending))
        with suppress(ConnectionError):
            await socket.send_str(msgspec.json.encode(ending.end).decode())
        await socket.close()
        return socket

    async def _relay(
        self, session: ConsoleSession, socket: web.WebSocketResponse, ending: ConsoleEnding
    ) -> None:
        gateway = self.context.gateways[session.cluster]
        try:
            link = await self._link(gateway, session)
        except (errors.GatewayError, GuestGone) as error:
            ending.end = api.ConsoleEnd("failed", str(error))
            return
        async with link:
            sides = {
                asyncio.create_task(self._typed(link, socket, ending)),
                asyncio.create_task(_shown(link, socket, ending)),
                asyncio.create_task(link.keep_alive()),
            }
            try:
                done, _rest = await asyncio.wait(sides, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for side in sides:
                    side.cancel()
                await asyncio.gather(*sides, return_exceptions=True)
            for side in done:
                if not side.cancelled() and isinstance(side.exception(), errors.ClusterError):
                    ending.end = api.ConsoleEnd("failed", str(side.exception()))

    async def _link(self, gateway: Gateway, session: ConsoleSession) -> TerminalLink:
        where = await locate_guest(gateway, session.vmid)
        return await gateway.open_terminal(where, session.serial)

    async def _typed(
        self, link: TerminalLink, socket: web.WebSocketResponse, ending: ConsoleEnding
    ) -> None:
        """Pass on what the operator types and the size of the terminal."""
        while True:
            try:
                message = await socket.receive(timeout=self.idle_seconds)
            except TimeoutError:
                ending.end = api.ConsoleEnd("idle")
                return
            if message.type is WSMsgType.BINARY:
                ending.typed += len(message.data)
                await link.send(frame_typed(message.data))
            elif message.type is WSMsgType.TEXT:
                with suppress(msgspec.DecodeError):
                    size = msgspec.json.decode(message.data, type=api.Size)
                    await link.send(frame_size(size.columns, size.rows))
            else:
                return

    async def _record_end(self, session: ConsoleSession, ending: ConsoleEnding) -> None:
        """Put on record when it ended, why, and how much went each way; never what."""
        async with self.context.writer.change(actor(session.who)) as change:
            await change.record(
                CLOSED,
                list(session.subjects),
                {
                    "opened": session.entry,
                    "ended": ending.end.ended,
                    **({"said": ending.end.said} if ending.end.said else {}),
                    "typed_bytes": ending.typed,
                    "shown_bytes": ending.shown,
                },
            )


async def _shown(link: TerminalLink, socket: web.WebSocketResponse, ending: ConsoleEnding) -> None:
    """Pass on what the guest writes."""
    async for data in link.output():
        ending.shown += len(data)
        await socket.send_bytes(data)
    ending.end = api.ConsoleEnd("guest")
