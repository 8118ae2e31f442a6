"""The wire under proxmoxer: TLS that checks what the configuration says, no proxy and no redirect,
bodies left as bytes, and connections that another thread can cut.

proxmoxer's own session follows redirects, reads proxies and REQUESTS_CA_BUNDLE from the
environment, and writes whole bodies into debug messages; here are the parts that replace it,
through the places where it lets itself be replaced (`Backend.get_session`, `get_serializer`,
`ProxmoxResource`).
"""

import contextlib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import requests
from proxmoxer.backends import https
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection

from noc_tui.cluster.access import Access, Token, host_and_port


class CallCut(requests.RequestException):
    """The call was cut by its time limit."""


class Call:
    """One call: whether a request of it was sent, and whether anybody still waits for it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._given_up = False
        self._sent = False

    @property
    def sent(self) -> bool:
        """Whether a request may have reached the server."""
        return self._sent

    @property
    def given_up(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._given_up

    def sending(self) -> None:
        """A request is about to be written; raises `CallCut` when its time is over."""
        with self._lock:
            if self._given_up:
                raise CallCut("the time limit passed before the request was sent")
            self._sent = True

    def give_up(self) -> bool:
        """Nothing more is sent from here on; True when a request may have reached the server."""
        with self._lock:
            self._given_up = True
            return self._sent


class Line:
    """The sockets of one thread's connections, so that a call that takes too long can be cut.

    A duplicate of each descriptor is kept: shutting it down ends the connection whatever phase it
    is in (connecting, TLS, header, body), and wakes the thread that waits on it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: dict[int, socket.socket] = {}
        self.call = Call()

    def cut(self, call: Call) -> None:
        """End every connection if the thread is still on `call`; callable from any thread."""
        with self._lock:
            if self.call is not call:
                return
            for sock in self._open.values():
                with contextlib.suppress(OSError):  # already ended by the other side
                    sock.shutdown(socket.SHUT_RDWR)

    def begin(self, call: Call) -> None:
        """The thread now works on `call`."""
        with self._lock:
            self.call = call

    def opened(self, owner: object, sock: socket.socket) -> None:
        """`owner` (a connection) now speaks through `sock`."""
        with self._lock:
            self._drop(id(owner))
            self._open[id(owner)] = sock.dup()

    def closed(self, owner: object) -> None:
        """`owner` closed its connection."""
        with self._lock:
            self._drop(id(owner))

    def _drop(self, key: int) -> None:
        sock = self._open.pop(key, None)
        if sock is not None:
            sock.close()


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of an answer, with a `repr` that costs nothing (proxmoxer formats it each time)."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What proxmoxer needs of a response. `reason` carries Proxmox's words."""

    status_code: int
    reason: str
    content: Body
    content_type: str


class TooLarge(requests.RequestException):
    """The body is longer than `Limits.body`."""


class Redirected(requests.RequestException):
    """The answer sends us elsewhere, where a token has no business."""


class NoTrust(requests.RequestException):
    """The CA file cannot be used, so that nobody can be trusted."""


class RawSerializer(https.JsonSerializer):  # type: ignore[misc]  # proxmoxer ships no types
    """Leaves bodies as they came; they are decoded into types later, or read by `explaining`."""

    def loads(self, response: Reply) -> bytes:
        return response.content.data

    def loads_errors(self, response: Reply) -> bytes:
        return response.content.data


def tls_context(access: Access) -> ssl.SSLContext:
    """Trust as configured: the CA file alone, or anything (the fingerprint is checked by the
    connection), or the system's authorities. Raises `NoTrust` for a bad file.
    """
    if access.fingerprint is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    try:
        context = ssl.create_default_context(cafile=access.ca_file)
    except OSError as error:  # also what OpenSSL says of a file without certificates
        raise NoTrust(f"the CA file {access.ca_file} cannot be used: {error}") from None
    # Proxmox's own authority predates the extensions that the strict flag of newer Pythons wants.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


class _Adapter(HTTPAdapter):
    """One pool of one connection per endpoint, on our TLS context and nobody else's."""

    def __init__(self, access: Access, line: Line) -> None:
        self._access = access
        self._line = line
        super().__init__(pool_connections=len(access.endpoints), pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # requests types it so
        kwargs["ssl_context"] = tls_context(self._access)
        if self._access.fingerprint is not None:
            kwargs["assert_fingerprint"] = self._access.fingerprint
            kwargs["cert_reqs"] = "CERT_NONE"
            kwargs["assert_hostname"] = False
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _pool_class(self._line)}

    def get_connection_with_tls_context(  # type: ignore[override]  # its stubs know another urllib3
        self,
        request: requests.PreparedRequest,
        verify: object,
        proxies: object,
        cert: object = None,
    ) -> HTTPSConnectionPool:
        return self.poolmanager.connection_from_url(request.url)  # type: ignore[no-any-return]  # untyped in requests  # type: ignore[no-any-return]  # untyped in requests

    def cert_verify(self, conn: object, url: object, verify: object, cert: object) -> None:
        """requests would add its own authorities to the context here."""


def _pool_class(line: Line) -> type[HTTPSConnectionPool]:
    class Connection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            sock = super()._new_conn()
            line.opened(self, sock)
            return sock

        def request(self, *args: Any, **kwargs: Any) -> None:  # as urllib3 types it
            line.call.sending()
            super().request(*args, **kwargs)

        def close(self) -> None:
            line.closed(self)
            super().close()

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    return Pool


class Session(https.ProxmoxHttpSession):  # type: ignore[misc]  # proxmoxer ships no types
    """A session that takes nothing from the environment and hands bodies on as bytes."""

    def __init__(self, access: Access, line: Line) -> None:
        super().__init__()
        self.trust_env = False
        self._limit = access.limits.body
        self.mount("https://", _Adapter(access, line))

    def request(self, method: str, url: str, **kwargs: Any) -> Reply:  # as requests types it
        kwargs.update(allow_redirects=False, stream=True)
        with super().request(method, url, **kwargs) as response:
            if 300 <= response.status_code < 400:
                raise Redirected(f"redirected to {response.headers.get('Location', 'nowhere')}")
            data = response.raw.read(self._limit + 1, decode_content=True)
            if len(data) > self._limit:
                raise TooLarge(f"an answer of more than {self._limit} bytes")
            return Reply(
                response.status_code,
                response.reason or "",
                Body(data),
                response.headers.get("Content-Type", ""),
            )


class PinnedBackend(https.Backend):  # type: ignore[misc]  # proxmoxer ships no types
    """proxmoxer's HTTPS backend for one endpoint, with our session and serializer."""

    def __init__(
        self, access: Access, endpoint: str, token: Token, line: Line, silence: float
    ) -> None:
        host, port = host_and_port(endpoint, access.service)
        super().__init__(
            host=f"[{host}]" if ":" in host else host,
            port=port,
            user=token.user,
            token_name=token.name,
            token_value=token.secret,
            service=access.service,
            timeout=(access.limits.connect, silence),
        )
        self._access = access
        self._line = line

    def get_session(self) -> Session:
        session = Session(self._access, self._line)
        session.auth = self.auth
        session.headers.update(
            {
                "Connection": "keep-alive",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
            }
        )
        return session

    def get_serializer(self) -> RawSerializer:
        return RawSerializer()


def parameters(values: Mapping[str, str | int | bool | None]) -> dict[str, str]:
    """Parameters as Proxmox reads them: flags as 0 and 1, nothing for None."""
    return {
        key: str(int(value)) if isinstance(value, bool) else str(value)
        for key, value in values.items()
        if value is not None
    }
