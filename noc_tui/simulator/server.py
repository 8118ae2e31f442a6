"""The HTTPS front of one node: sockets, TLS, delays, and faults on the wire."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie

from aiohttp import web

from noc_tui.clock import SystemClock
from noc_tui.simulator.connections import drop
from noc_tui.simulator.faults import AFTER, PAGE, Fault
from noc_tui.simulator.model.node import Manner
from noc_tui.simulator.ports import bound
from noc_tui.simulator.replies import Reply
from noc_tui.simulator.silent_port import SilentPort
from noc_tui.simulator.terminal import serve_terminal
from noc_tui.simulator.tickets import Credentials
from noc_tui.simulator.world import World

IDLE = 5.0
_HEADERS = {
    "Server": "pve-api-daemon/3.0",
    "Cache-Control": "max-age=0",
    "Pragma": "no-cache",
}

Answer = Callable[[str, str, Credentials, str, bytes], Reply]
"""(verb, raw target, credentials, content type, body) to a reply; runs without waiting."""


class Silence(Exception):
    """The connection is to end without an answer."""


@dataclass(slots=True)
class Front:
    """A listening socket that answers for one daemon.

    `manner` tells how the machine behind it fares. One that refuses has closed its port and breaks
    its connections; a silent one drops what comes, and says nothing more to who is connected.
    """

    world: World
    where: str
    answer: Answer
    context: ssl.SSLContext
    cookie: str
    manner: Callable[[], Manner]
    port: int = 0
    headers: dict[str, str] | None = None
    _server: web.Server | None = None
    _listener: asyncio.Server | None = None
    _silent: SilentPort | None = None

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    async def open(self, listener: socket.socket | None = None) -> None:
        """Listen, on the socket given or on the port that it had before."""
        if self._server is None:
            self._server = web.Server(
                self._handle, handler_cancellation=True, keepalive_timeout=IDLE, access_log=None
            )
        taken = listener if listener is not None else bound(self.port)
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._server, sock=taken, ssl=self.context)
        self.port = taken.getsockname()[1]

    async def sync(self) -> None:
        """Let the socket follow the machine: closed, silent, or open again when it is back."""
        manner = self.manner()
        if manner == "silent" and self._silent is None:
            self._stop_listening()
            self._silent = SilentPort(bound(self.port, backlog=0))
        elif manner == "refuses" and self._listening:
            self.cut()
        elif manner in ("answers", "hangs") and self._listener is None:
            self.cut()
            await self.open()

    async def show(self, context: ssl.SSLContext) -> None:
        """Show another certificate, to new connections as to those that are open now."""
        self.context = context
        if self._listener is not None:
            self.cut()
            await self.open()

    @property
    def _listening(self) -> bool:
        return self._listener is not None or self._silent is not None

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._silent is not None:
            self._silent.close()
            self._silent = None

    def cut(self) -> None:
        """Refuse connections from now on, and break those that are open."""
        self._stop_listening()
        for connection in list(self._server.connections) if self._server else []:
            drop(connection.transport)

    async def close(self) -> None:
        self.cut()
        if self._server is not None:
            await self._server.shutdown(0.2)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            reply = await self._reply(request)
        except Silence:
            drop(request.transport)
            return web.Response()
        if reply.status == 200 and _is_terminal(request):
            return await serve_terminal(request, self.world.terminals)
        return self._response(request, reply)

    async def _reply(self, request: web.BaseRequest) -> Reply:
        self.world.advance()
        if self.manner() == "refuses":
            raise Silence
        if self.manner() != "answers":
            await asyncio.Event().wait()
        body = await self._body(request)
        if isinstance(body, Reply):
            return body
        target = request.raw_path
        fault = self.world.faults.take(self.where, request.method, target)
        if fault is not None and fault.kind not in AFTER:
            return await _faulty(fault)
        reply = self.answer(
            request.method, target, self._credentials(request), request.content_type, body
        )
        self.world.waits.append(reply.delay)
        await self._pace(reply.delay)
        return reply if fault is None else await self._after(fault, reply)

    async def _body(self, request: web.BaseRequest) -> bytes | Reply:
        if request.headers.get("Transfer-Encoding", "").lower() == "chunked":
            text = "chunked transfer encoding not supported"
            return Reply(501, text, text.encode(), "text/plain")
        if request.headers.get("Expect", "").lower() == "100-continue" and request.transport:
            request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if (request.content_length or 0) > 512 * 1024:
            return Reply(501, "for data too large")
        return await request.read()

    def _credentials(self, request: web.BaseRequest) -> Credentials:
        cookies: SimpleCookie = SimpleCookie(request.headers.get("Cookie", ""))
        cookie = cookies.get(self.cookie)
        return Credentials(
            cookie.value if cookie else "",
            request.headers.get("Authorization", ""),
            request.headers.get("CSRFPreventionToken", ""),
        )

    async def _after(self, fault: Fault, reply: Reply) -> Reply:
        """What the client sees of a call that was carried out."""
        if fault.kind == "drop-after":
            raise Silence
        if fault.kind == "after":
            return Reply(fault.status, fault.reason)
        await self._pace(fault.seconds)
        return reply

    async def _pace(self, seconds: float) -> None:
        """Wait on the machine's own clock: a network is as slow as it is."""
        if seconds > 0 and self.world.options.delay_scale > 0:
            await SystemClock().sleep(seconds * self.world.options.delay_scale)

    def _response(self, request: web.BaseRequest, reply: Reply) -> web.Response:
        headers = dict(self.headers if self.headers is not None else _HEADERS)
        if reply.content_type:
            headers["Content-Type"] = reply.content_type
        body = reply.body
        if "gzip" in request.headers.get("Accept-Encoding", "") and (packed := reply.gzipped()):
            headers["Content-Encoding"] = "gzip"
            body = packed
        response = web.Response(
            status=reply.status, reason=reply.reason, body=body or None, headers=headers
        )
        if not reply.content_type:
            response.headers.pop("Content-Type", None)
        if reply.status >= 400:
            response.force_close()
        return response


def _is_terminal(request: web.BaseRequest) -> bool:
    """Whether the answered call goes on as a web socket."""
    upgrade = request.headers.get("Upgrade", "").lower()
    return upgrade == "websocket" and request.path.endswith("/vncwebsocket")


async def _faulty(fault: Fault) -> Reply:
    """The answer to a call that was not carried out."""
    if fault.kind == "drop":
        raise Silence
    if fault.kind == "never":
        await asyncio.Event().wait()
    if fault.kind == "html":
        return Reply(200, "OK", PAGE, "text/html")
    if fault.kind == "odd":
        return Reply(200, "OK", fault.body, "application/json;charset=UTF-8")
    return Reply(fault.status, fault.reason)
