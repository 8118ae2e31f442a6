"""One thread's client of one cluster: proxmoxer clients per endpoint, and the rules of
repetition.

A read that an endpoint does not answer goes on to the others, each asked once, until one answers;
with a single endpoint it is repeated once, unless that one stayed silent or is not trusted. Where a
node behind the endpoint does not answer, one other endpoint is asked. A write is repeated only
where it surely never left this machine. Each error names the endpoint that it comes from, and is
classed by what happened there alone.
Everything that proxmoxer and urllib3 may raise is translated here.
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

import urllib3
from proxmoxer import ProxmoxResource, ResourceException

from noc_tui.cluster import errors
from noc_tui.cluster.connection_config import ClusterAccess
from noc_tui.cluster.endpoints import Endpoints
from noc_tui.cluster.error_mapping import CallContext, refusal
from noc_tui.cluster.ids import node_of
from noc_tui.cluster.token_file import TokenFile
from noc_tui.cluster.transport import (
    BASE,
    Encoded,
    HttpSession,
    NoTrust,
    RawSerializer,
    Redirected,
    ThreadSockets,
    TooLarge,
)

T = TypeVar("T")
Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class EndpointAnswer:
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
    """Belongs to one thread; `line.cut()` alone may be called from others. `asking` is the endpoint
    that was asked last.
    """

    def __init__(
        self, access: ClusterAccess, token: TokenFile, endpoints: Endpoints, silence: float
    ) -> None:
        self._access = access
        self._token = token
        self._using = token.first
        self._endpoints = endpoints
        self._silence = silence
        self._open: dict[str, _Open] = {}
        self.line = ThreadSockets()
        self.asking: str | None = None

    def read(self, path: str, values: Mapping[str, str]) -> EndpointAnswer:
        """GET `path` (relative to `/api2/json`, its ids already checked)."""
        first = self._endpoints.current
        found = self._try(first, path, values)
        if isinstance(found, EndpointAnswer):
            return found
        for endpoint in self._next(first, found):
            if self.line.call.given_up:
                break
            found = self._try(endpoint, path, values)
            if isinstance(found, EndpointAnswer):
                if not node_of(path):
                    self._endpoints.use(endpoint)
                return found
        raise found

    def read_at(self, endpoint: str, path: str) -> EndpointAnswer:
        """GET `path` of that endpoint alone, once."""
        return self._ask("GET", endpoint, path, {})

    def write(self, method: Method, path: str, values: Mapping[str, str]) -> EndpointAnswer:
        """POST, PUT or DELETE on a connection of its own, so that none that the server is about to
        close can make the outcome uncertain. Tried at other endpoints only if nothing was sent.
        """
        first = self._endpoints.current
        unsent: errors.Unreachable | None = None
        for endpoint in (first, *self._endpoints.others(first)):
            self._forget(endpoint)
            try:
                answered = self._ask(method, endpoint, path, values)
            except errors.Unreachable as error:
                unsent = error
            else:
                self._endpoints.use(endpoint)
                return answered
            if self.line.call.given_up:
                break
        if unsent is None:
            raise AssertionError("a cluster has at least one endpoint")
        raise unsent

    def _try(
        self, endpoint: str, path: str, values: Mapping[str, str]
    ) -> EndpointAnswer | errors.Unreachable:
        """The answer, or why there is none. Any other error of the endpoint is raised: it stands
        for itself, whatever another endpoint said before.
        """
        try:
            return self._ask("GET", endpoint, path, values)
        except errors.Unreachable as error:
            return error

    def _next(self, first: str, error: errors.Unreachable) -> list[str]:
        """Which endpoints are asked after `first` gave that error."""
        others = self._endpoints.others(first)
        if not others:
            same_again = not isinstance(error, errors.Untrusted | errors.TimedOut)
            return [first] if same_again else []
        return others[:1] if isinstance(error, errors.NodeUnreachable) else others

    def close(self) -> None:
        """Close every connection."""
        for endpoint in list(self._open):
            self._forget(endpoint)

    def _forget(self, endpoint: str) -> None:
        opened = self._open.pop(endpoint, None)
        if opened is not None:
            opened.session.close()

    def _api(self, endpoint: str) -> ProxmoxResource:
        token = self._token.current()
        if token != self._using:
            self.close()
            self._using = token
        if endpoint not in self._open:
            session = HttpSession(self._access, endpoint, token, self.line, self._silence)
            api = ProxmoxResource(base_url=BASE, session=session, serializer=RawSerializer())
            self._open[endpoint] = _Open(api, session)
        return self._open[endpoint].api

    def _ask(
        self, method: Method, endpoint: str, path: str, values: Mapping[str, str]
    ) -> EndpointAnswer:
        asked = CallContext(self._access.name, endpoint, method != "GET")
        self.asking = endpoint
        try:
            resource = self._api(endpoint)(path)
            verb = {
                "GET": resource.get,
                "POST": resource.post,
                "PUT": resource.put,
                "DELETE": resource.delete,
            }[method]
            answered = EndpointAnswer(verb(**values), endpoint)
        except ResourceException as error:
            self._endpoints.answered(endpoint)
            raise self._refused(asked, error) from None
        except Exception as error:
            self._forget(endpoint)
            failure = _network_error(asked, error, self.line.call.sent)
            self._note(endpoint, path, failure)
            raise failure from error
        self._endpoints.answered(endpoint)
        return answered

    def _refused(self, asked: CallContext, error: ResourceException) -> errors.ClusterError:
        """What the server refused; beside a refused token, what is wrong with the token's file."""
        found = refusal(asked, error.status_code, error.content, error.errors or b"")
        if isinstance(found, errors.AuthenticationFailed) and self._token.problem:
            said = f"{found.said} ({self._token.problem})"
            return errors.AuthenticationFailed(
                asked.cluster, asked.endpoint, said, status=found.status
            )
        return found

    def _note(self, endpoint: str, path: str, error: errors.ClusterError) -> None:
        """An endpoint is away, or not trusted. One that is slow about a node, or that was cut by
        the limit of the call, is neither.
        """
        slow = isinstance(error, errors.TimedOut) and node_of(path) != ""
        if isinstance(error, errors.Unreachable) and not slow and not self.line.call.given_up:
            self._endpoints.failed(endpoint, error)


_FOREIGN = (
    urllib3.exceptions.HTTPError,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
)


def _network_error(asked: CallContext, error: Exception, sent: bool) -> errors.ClusterError:
    if not isinstance(error, _FOREIGN):
        raise error
    who = (asked.cluster, asked.endpoint, _innermost(error))
    causes = _causes(error)
    if any(map(_is_distrust, causes)):
        return errors.Untrusted(*who)
    if asked.is_write and sent:
        return errors.AmbiguousOutcome(*who)
    if isinstance(error, Redirected | TooLarge | Encoded):
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
    return isinstance(error, ssl.SSLCertVerificationError | NoTrust)


def _causes(error: BaseException) -> list[BaseException]:
    """The error and everything it wraps: by cause, context, or urllib3's habits."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, BaseException) or each in found:
            continue
        if isinstance(each, errors.GatewayError):  # what another endpoint did is no cause here
            continue
        found.append(each)
        before = None if each.__suppress_context__ else each.__context__
        waiting += [each.__cause__, before, getattr(each, "reason", None), *each.args]
    return found


def _innermost(error: BaseException) -> str:
    """The plainest words for what happened: those of the error at the root."""
    last = _causes(error)[-1]
    return f"{type(last).__name__}: {last}" if str(last) else type(last).__name__
