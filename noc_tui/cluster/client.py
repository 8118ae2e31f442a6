"""One thread's way to one cluster: proxmoxer clients per endpoint, and the rules of repetition.

A read is repeated once: where a connection was closed or a node does not answer, at the next
endpoint if there is one. An endpoint that stayed silent is not asked the same twice. A write is
repeated only where it surely never left this machine.
Everything that proxmoxer and urllib3 may raise is translated here.
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Literal, TypeVar

import urllib3
from proxmoxer import ProxmoxResource, ResourceException

from noc_tui.cluster import errors
from noc_tui.cluster.connection_config import ApiToken, ClusterAccess
from noc_tui.cluster.error_mapping import Asked, refusal
from noc_tui.cluster.transport import (
    BASE,
    HttpSession,
    NoTrust,
    RawSerializer,
    Redirected,
    ThreadSockets,
    TooLarge,
)

T = TypeVar("T")
Method = Literal["GET", "POST", "PUT", "DELETE"]


class Endpoints:
    """Which endpoint is asked now; shared by the threads of a cluster."""

    def __init__(self, endpoints: tuple[str, ...]) -> None:
        self._endpoints = endpoints
        self._index = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._endpoints)

    @property
    def current(self) -> str:
        """The endpoint in use."""
        return self._endpoints[self._index]

    def leave(self, endpoint: str) -> str:
        """Turn to the next endpoint, unless another thread already did; returns the one in use."""
        with self._lock:
            if self.current == endpoint:
                self._index = (self._index + 1) % len(self._endpoints)
            return self.current


@dataclass(frozen=True, slots=True)
class Answered:
    """The body of an answer and the endpoint that gave it."""

    body: bytes
    endpoint: str

    def decoded(self, cluster: str, decoder: Callable[[bytes], T]) -> T:
        """What it says; `BadAnswer` where a ValueError of `decoder` finds it not Proxmox's."""
        try:
            return decoder(self.body)
        except ValueError as error:
            raise errors.BadAnswer(cluster, self.endpoint, str(error)) from None


@dataclass(slots=True)
class _Open:
    api: ProxmoxResource
    session: HttpSession


class Client:
    """Belongs to one thread; `line.cut()` alone may be called from others."""

    def __init__(
        self, access: ClusterAccess, token: ApiToken, endpoints: Endpoints, silence: float
    ) -> None:
        self._access = access
        self._token = token
        self._endpoints = endpoints
        self._silence = silence
        self._open: dict[str, _Open] = {}
        self.line = ThreadSockets()

    def read(self, path: str, values: Mapping[str, str]) -> Answered:
        """GET `path` (relative to `/api2/json`, its ids already checked)."""
        endpoint = self._endpoints.current
        try:
            return self._ask("GET", endpoint, path, values)
        except errors.Unreachable as error:
            same_again = isinstance(error, errors.Untrusted | errors.TimedOut)
            if self.line.call.given_up or (same_again and len(self._endpoints) == 1):
                raise
            return self._ask("GET", self._endpoints.leave(endpoint), path, values)

    def write(self, method: Method, path: str, values: Mapping[str, str]) -> Answered:
        """POST, PUT or DELETE on a connection of its own, so that none that the server is about to
        close can make the outcome uncertain. Tried at the next endpoint only if nothing was sent.
        """
        endpoint = self._endpoints.current
        self._forget(endpoint)
        try:
            return self._ask(method, endpoint, path, values)
        except errors.Unreachable:
            following = self._endpoints.leave(endpoint)
            if following == endpoint:
                raise
            self._forget(following)
            return self._ask(method, following, path, values)

    def close(self) -> None:
        """Close every connection."""
        for endpoint in list(self._open):
            self._forget(endpoint)

    def _forget(self, endpoint: str) -> None:
        opened = self._open.pop(endpoint, None)
        if opened is not None:
            opened.session.close()

    def _api(self, endpoint: str) -> ProxmoxResource:
        if endpoint not in self._open:
            session = HttpSession(self._access, endpoint, self._token, self.line, self._silence)
            api = ProxmoxResource(base_url=BASE, session=session, serializer=RawSerializer())
            self._open[endpoint] = _Open(api, session)
        return self._open[endpoint].api

    def _ask(self, method: Method, endpoint: str, path: str, values: Mapping[str, str]) -> Answered:
        asked = Asked(self._access.name, endpoint, method != "GET")
        try:
            resource = self._api(endpoint)(path)
            verb = {
                "GET": resource.get,
                "POST": resource.post,
                "PUT": resource.put,
                "DELETE": resource.delete,
            }[method]
            return Answered(verb(**values), endpoint)
        except ResourceException as error:
            raise refusal(asked, error.status_code, error.content, error.errors or b"") from None
        except Exception as error:
            self._forget(endpoint)
            raise _network_error(asked, error, self.line.call.sent) from error


_FOREIGN = (
    urllib3.exceptions.HTTPError,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
)


def _network_error(asked: Asked, error: Exception, sent: bool) -> errors.ClusterError:
    if not isinstance(error, _FOREIGN):
        raise error
    who = (asked.cluster, asked.endpoint, _innermost(error))
    causes = _causes(error)
    if any(map(_is_distrust, causes)):
        return errors.Untrusted(*who)
    if asked.is_write and sent:
        return errors.AmbiguousOutcome(*who)
    if isinstance(error, Redirected | TooLarge):
        return errors.BadAnswer(*who)
    if any(map(_is_timeout, causes)):
        return errors.TimedOut(*who)
    if any(isinstance(cause, OSError | urllib3.exceptions.HTTPError) for cause in causes):
        return errors.Unreachable(*who)
    return errors.BadAnswer(*who)


def _is_timeout(error: BaseException) -> bool:
    # urllib3 calls a refused connection a timeout too.
    return isinstance(error, TimeoutError | urllib3.exceptions.TimeoutError) and not isinstance(
        error, urllib3.exceptions.NewConnectionError
    )


def _is_distrust(error: BaseException) -> bool:
    return isinstance(error, ssl.SSLCertVerificationError | NoTrust) or (
        isinstance(error, urllib3.exceptions.SSLError) and "ingerprint" in str(error)
    )


def _causes(error: BaseException) -> list[BaseException]:
    """The error and everything it wraps: by cause, context, or urllib3's habits."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, BaseException) or each in found:
            continue
        found.append(each)
        before = None if each.__suppress_context__ else each.__context__
        waiting += [each.__cause__, before, getattr(each, "reason", None), *each.args]
    return found


def _innermost(error: BaseException) -> str:
    """The plainest words for what happened: those of the error at the root."""
    last = _causes(error)[-1]
    return f"{type(last).__name__}: {last}" if str(last) else type(last).__name__
