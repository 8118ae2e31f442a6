"""Sends one probe: does the target answer? (R8)

Over TCP a reset or a refused connection is an answer, and so are a failed TLS handshake and an
HTTP 500. An HTTP probe wants at least one byte: what stands in front of a host (a filter against
attacks, a load balancer) completes connections on its behalf. A name that cannot be resolved
concludes nothing about the hoster's network.
"""

import asyncio
import errno
import os
import socket
import ssl
import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import httpx

from noc_tui.probing.target import Target

_ANSWERS = {errno.ECONNREFUSED, errno.ECONNRESET, errno.EPIPE}
_HEADERS = {"Accept": "*/*", "User-Agent": "noc-tui"}
_ECHO_REQUEST, _ECHO_REPLY = 8, 0


class ProbeResult(NamedTuple):
    """Whether the target answered; None when nothing can be concluded. `reason` is a word."""

    good: bool | None
    reason: str


async def check(target: Target, timeout: float) -> ProbeResult:  # noqa: ASYNC109 - the probe's own limit
    """Probe once, within `timeout` seconds of the machine's clock."""
    try:
        async with asyncio.timeout(timeout):
            if target.kind == "http":
                return await _http(target, timeout)
            if target.kind == "tcp":
                return await _tcp(target)
            return await _icmp(target)
    except TimeoutError:
        return ProbeResult(False, "timeout")


@lru_cache(maxsize=1)
def _any_certificate() -> ssl.SSLContext:
    """Return whose certificate it is does not matter here: any answer proves connectivity.

    Made once: making one takes longer than a probe.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _http(target: Target, limit: float) -> ProbeResult:
    """One exchange on a connection of its own: no redirect, no cookie, no credentials."""
    waiting = {"timeout": httpx.Timeout(limit + 1).as_dict()}
    request = httpx.Request("GET", target.url, headers=_HEADERS, extensions=waiting)
    async with httpx.AsyncHTTPTransport(verify=_any_certificate(), trust_env=False) as transport:
        try:
            response = await transport.handle_async_request(request)
            await response.aclose()
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            return ProbeResult(True, "answered")
        except httpx.TransportError as error:
            return _failure(error)
    return ProbeResult(True, str(response.status_code))


async def _tcp(target: Target) -> ProbeResult:
    """All addresses of a name at once: an answer from one of them is an answer."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except socket.gaierror:
        return ProbeResult(None, "unresolved")
    addresses = dict.fromkeys(str(address[0]) for *_, address in found)
    tries = [asyncio.create_task(_connect(one, target.port)) for one in addresses]
    try:
        seen = ProbeResult(False, "unreachable")
        for each in asyncio.as_completed(tries):
            seen = await each
            if seen.good:
                break
        return seen
    finally:
        for one in tries:
            one.cancel()


async def _connect(address: str, port: int) -> ProbeResult:
    try:
        _reader, writer = await asyncio.open_connection(address, port)
    except OSError as error:
        return _failure(error)
    writer.close()
    return ProbeResult(True, "connected")


def _failure(error: BaseException) -> ProbeResult:
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return ProbeResult(None, "unresolved")
        if isinstance(cause, ssl.SSLError):
            return ProbeResult(True, "tls")
        if isinstance(cause, OSError) and cause.errno in _ANSWERS:
            return ProbeResult(True, errno.errorcode[cause.errno].lower())
    return ProbeResult(False, "unreachable")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for inner in error.exceptions:
                yield from _causes(inner)
        error = error.__cause__ or error.__context__


async def _icmp(target: Target) -> ProbeResult:
    """An unprivileged echo; where the machine does not permit it, nothing is concluded."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(target.host, None, family=socket.AF_INET)
    except socket.gaierror:
        return ProbeResult(None, "unresolved")
    try:
        echo = icmp_socket()
    except OSError:
        return ProbeResult(None, "icmp_not_permitted")
    with echo:
        try:
            await loop.sock_sendto(echo, _echo_request(), (found[0][4][0], 0))
            while True:
                packet = await loop.sock_recv(echo, 1024)
                if packet[:1] == bytes([_ECHO_REPLY]):
                    return ProbeResult(True, "echo")
        except PermissionError:
            return ProbeResult(None, "icmp_not_permitted")
        except OSError:
            return ProbeResult(False, "unreachable")


def icmp_socket() -> socket.socket:
    """A datagram socket for ICMP; `OSError` where this account may not have one."""
    echo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
    echo.setblocking(False)
    return echo


def _echo_request() -> bytes:
    """The kernel fills in the identifier and checks it on the way back."""
    body = os.urandom(16)
    head = struct.pack("!BBHHH", _ECHO_REQUEST, 0, 0, 0, 1)
    words = struct.unpack(f"!{(len(head) + len(body)) // 2}H", head + body)
    total = sum(words)
    total = (total >> 16) + (total & 0xFFFF)
    total += total >> 16
    return struct.pack("!BBHHH", _ECHO_REQUEST, 0, ~total & 0xFFFF, 0, 1) + body
