"""A guest's serial console over Proxmox's term proxy: one web socket, the bytes of a terminal.

`POST …/termproxy` starts the proxy on the guest's node and gives a ticket; `…/vncwebsocket` of the
same node leads to it. The first line sent is `user:ticket`, which is answered by `OK`; from then on
the guest's output comes raw, and what is sent is framed: `0:LENGTH:BYTES` typed, `1:COLUMNS:ROWS:`
the size, `2` a sign of life. Sources: pve-manager's xterm.js, proxmox-termproxy 1.1.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from types import TracebackType
from urllib.parse import urlencode

import aiohttp
from aiohttp import ClientSession, ClientTimeout, ClientWebSocketResponse, Fingerprint, WSMsgType

from noc_tui.cluster import errors
from noc_tui.cluster.answers import TerminalTicket
from noc_tui.cluster.connection_config import ApiToken, ClusterAccess
from noc_tui.cluster.ids import GuestPlace
from noc_tui.cluster.transport import BASE, NoTrust, require_pinned, tls_context

ALIVE_SECONDS = 30.0
"""A sign of life is sent as often: the proxy ends a silent connection."""
MOST_BYTES = 1 << 20
"""Of one message."""
_ACCEPTED = b"OK"


def frame_typed(data: bytes) -> bytes:
    """Return what was typed as the proxy takes it."""
    return b"0:%d:%s" % (len(data), data)


def frame_size(columns: int, rows: int) -> bytes:
    """Return the size of the terminal as the proxy takes it."""
    return b"1:%d:%d:" % (columns, rows)


class TerminalLink:
    """An open console. Raises `ClusterError`s; use it in `async with`."""

    def __init__(self, cluster: str, endpoint: str) -> None:
        self._cluster = cluster
        self._endpoint = endpoint
        self._session: ClientSession | None = None
        self._socket: ClientWebSocketResponse | None = None
        self._first = b""

    async def open(
        self, access: ClusterAccess, token: ApiToken, guest: GuestPlace, ticket: TerminalTicket
    ) -> None:
        """Connect to the proxy and prove to it who asks. Raises `ClusterError`s."""
        query = urlencode({"port": str(ticket.port), "vncticket": ticket.ticket})
        url = f"{self._endpoint}{BASE}/{guest.path}/vncwebsocket?{query}"
        limits = access.limits
        try:
            self._session = ClientSession(
                timeout=ClientTimeout(
                    total=None, connect=limits.connect, sock_connect=limits.connect
                )
            )
            async with asyncio.timeout(limits.read):
                self._socket = await self._session.ws_connect(
                    url,
                    protocols=("binary",),
                    headers={"Authorization": f"PVEAPIToken={token.id}={token.secret}"},
                    ssl=_trust(access, self._endpoint),
                    max_msg_size=MOST_BYTES,
                )
                await self._socket.send_bytes(f"{ticket.user}:{ticket.ticket}\n".encode())
                self._first = await self._accepted()
        except TimeoutError as error:
            raise errors.TimedOut(self._cluster, self._endpoint, "console: no answer") from error
        except NoTrust as error:
            raise errors.Untrusted(self._cluster, self._endpoint, str(error)) from error
        except aiohttp.WSServerHandshakeError as error:
            said = f"console: {error.status} {error.message}"
            raise errors.RequestRefused(self._cluster, self._endpoint, said) from error
        except (aiohttp.ClientError, OSError) as error:
            raise errors.Unreachable(self._cluster, self._endpoint, f"console: {error}") from error

    async def _accepted(self) -> bytes:
        """What came after the proxy's OK."""
        seen = b""
        while len(seen) < len(_ACCEPTED):
            message = await self._required().receive()
            if message.type not in (WSMsgType.BINARY, WSMsgType.TEXT):
                break
            seen += _bytes_of(message)
        if not seen.startswith(_ACCEPTED):
            raise errors.RequestRefused(
                self._cluster, self._endpoint, "console: the term proxy did not accept the ticket"
            )
        return seen[len(_ACCEPTED) :]

    async def output(self) -> AsyncIterator[bytes]:
        """Yield what the guest writes, until the proxy ends. Raises `Unreachable` if it broke."""
        if self._first:
            yield self._first
        async for message in self._required():
            if message.type in (WSMsgType.BINARY, WSMsgType.TEXT):
                yield _bytes_of(message)
            elif message.type is WSMsgType.ERROR:
                raise errors.Unreachable(self._cluster, self._endpoint, f"console: {message.data}")

    async def send(self, frame: bytes) -> None:
        """Send a frame. Raises `Unreachable`."""
        try:
            await self._required().send_bytes(frame)
        except (aiohttp.ClientError, OSError) as error:
            raise errors.Unreachable(self._cluster, self._endpoint, f"console: {error}") from error

    async def keep_alive(self) -> None:
        """Send signs of life until it is cancelled."""
        while True:
            await asyncio.sleep(ALIVE_SECONDS)
            await self.send(b"2")

    def _required(self) -> ClientWebSocketResponse:
        if self._socket is None:
            raise errors.Unreachable(self._cluster, self._endpoint, "console: not open")
        return self._socket

    async def close(self) -> None:
        """End the console."""
        if self._socket is not None:
            await self._socket.close()
        if self._session is not None:
            await self._session.close()

    async def __aenter__(self) -> "TerminalLink":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.close()


class _Pins(Fingerprint):
    """The certificates that are trusted at an endpoint, looked at before anything is sent."""

    def __init__(self, pinned: frozenset[str]) -> None:
        super().__init__(bytes.fromhex(min(pinned)))
        self._pinned = pinned

    def check(self, transport: asyncio.Transport) -> None:
        shown = transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        require_pinned(shown or b"", self._pinned)


def _trust(access: ClusterAccess, endpoint: str) -> ssl.SSLContext | Fingerprint:
    pinned = access.pinned(endpoint)
    return _Pins(pinned) if pinned else tls_context(access)


def _bytes_of(message: aiohttp.WSMessage) -> bytes:
    data: bytes | str = message.data
    return data.encode() if isinstance(data, str) else data
