"""The wire under proxmoxer: TLS that checks what the configuration says, no proxy and no redirect,
bodies left as bytes, and connections that another thread can cut.

proxmoxer's own session follows redirects, reads proxies and REQUESTS_CA_BUNDLE from the
environment, and writes whole bodies into debug messages. A `ProxmoxResource` takes any session and
serializer: ours speak through urllib3 alone, at half the cost a call.
"""

import contextlib
import hashlib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from urllib3 import HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPSConnection
from urllib3.response import BaseHTTPResponse

from noc_tui.cluster.connection_config import ApiToken, ClusterAccess, host_and_port

BASE = "/api2/json"
_SEPARATORS = {"PVE": "=", "PBS": ":"}


class CallCut(OSError):
    """The call was cut by its time limit."""


class PendingCall:
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


class ThreadSockets:
    """The sockets of one thread's connections, so that a call that takes too long can be cut.

    A duplicate of each descriptor is kept: shutting it down ends the connection whatever phase it
    is in (connecting, TLS, header, body), and wakes the thread that waits on it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: dict[int, socket.socket] = {}
        self.call = PendingCall()

    def cut(self, call: PendingCall) -> None:
        """End every connection if the thread is still on `call`; callable from any thread."""
        with self._lock:
            if self.call is not call:
                return
            for sock in self._open.values():
                with contextlib.suppress(OSError):  # already ended by the other side
                    sock.shutdown(socket.SHUT_RDWR)

    def begin(self, call: PendingCall) -> None:
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
class ResponseBody:
    """The bytes of an answer, with a `repr` that costs nothing (proxmoxer formats it each time)."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What proxmoxer needs of a response. `reason` carries Proxmox's words."""

    status_code: int
    reason: str
    content: ResponseBody
    content_type: str


class TooLarge(OSError):
    """The body is longer than `Limits.body`."""


class Encoded(OSError):
    """The body is encoded in a way that was not asked for."""


class Redirected(OSError):
    """The answer sends us elsewhere, where a token has no business."""


class NoTrust(OSError):
    """The CA file cannot be used, so that nobody can be trusted."""


class OtherCertificate(NoTrust):
    """The certificate is none of those whose fingerprints are configured for the endpoint."""


def require_pinned(certificate: bytes, pinned: frozenset[str]) -> None:
    """Raise `OtherCertificate`, with what was shown and what is trusted, for a certificate (DER)
    that is not among `pinned` (lower-case SHA-256).
    """
    shown = hashlib.sha256(certificate).hexdigest()
    if shown not in pinned:
        trusted = " / ".join(map(_with_colons, sorted(pinned)))
        raise OtherCertificate(f"fingerprint {_with_colons(shown)}, trusted is {trusted}")


def _with_colons(digest: str) -> str:
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2)).upper()


class RawSerializer:
    """Leaves bodies as they came; they are decoded into types later, or read by `explaining`."""

    def loads(self, response: Reply) -> bytes:
        return response.content.data

    def loads_errors(self, response: Reply) -> bytes:
        return response.content.data


def tls_context(access: ClusterAccess) -> ssl.SSLContext:
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


def _pool_class(line: ThreadSockets, pinned: frozenset[str]) -> type[HTTPSConnectionPool]:
    class Connection(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            if pinned:
                shown = self.sock.getpeercert(binary_form=True)  # type: ignore[union-attr]  # TLS's
                require_pinned(shown or b"", pinned)
                self.is_verified = True

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


class HttpSession:
    """What proxmoxer asks of a session, for one endpoint: one connection, kept open between calls.

    It follows no redirect, keeps no cookie, and takes nothing from the environment.
    """

    def __init__(
        self,
        access: ClusterAccess,
        endpoint: str,
        token: ApiToken,
        line: ThreadSockets,
        silence: float,
    ) -> None:
        host, port = host_and_port(endpoint, access.service)
        separator = _SEPARATORS[access.service]
        pinned = access.pinned(endpoint)
        self._limit = access.limits.body
        self._pool = _pool_class(line, pinned)(
            host,
            port,
            maxsize=1,
            retries=False,
            timeout=Timeout(connect=access.limits.connect, read=silence),
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "Authorization": f"{access.service}APIToken={token.id}{separator}{token.secret}",
                "User-Agent": "noc-tui",
            },
            ssl_context=tls_context(access),
            assert_hostname=False if pinned else None,
        )

    def request(
        self,
        method: str,
        url: str,
        data: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Reply:
        """One exchange; `url` begins with `BASE`. Raises `OSError`s and urllib3's errors."""
        target = f"{url}?{urlencode(params)}" if params else url
        headers, body = self._pool.headers, None
        if data:
            headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
            body = urlencode(data)
        response = self._pool.urlopen(
            method, target, body, headers, redirect=False, preload_content=False
        )
        with response:
            if 300 <= response.status < 400:
                raise Redirected(f"redirected to {response.headers.get('Location', 'nowhere')}")
            read = _body_of(response, self._limit)
            kind = response.headers.get("Content-Type", "")
            return Reply(response.status, response.reason or "", ResponseBody(read), kind)

    def close(self) -> None:
        self._pool.close()


def _body_of(response: BaseHTTPResponse, limit: int) -> bytes:
    """The body, as it was sent: an encoding was not asked for, and one that compresses could make
    any size of few bytes. Raises `Encoded`, `TooLarge`.
    """
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding.strip().lower() not in ("", "identity"):
        raise Encoded(f"an answer with Content-Encoding {encoding[:40]!r}, which was not asked for")
    if int(response.headers.get("Content-Length", "0")) > limit:
        raise TooLarge(f"an answer of more than {limit} bytes")
    read: bytes = response.read(limit + 1, decode_content=False)
    if len(read) > limit:
        raise TooLarge(f"an answer of more than {limit} bytes")
    return read


def parameters(values: Mapping[str, str | int | bool | None]) -> dict[str, str]:
    """Parameters as Proxmox reads them: flags as 0 and 1, nothing for None."""
    return {
        key: str(int(value)) if isinstance(value, bool) else str(value)
        for key, value in values.items()
        if value is not None
    }
