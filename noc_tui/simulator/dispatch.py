"""From a request to a reply, in the order in which pveproxy decides.

Credentials, then the call (501), then privileges (403), then the node that is to answer (59x),
then parameters (400), then the call itself (500).
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

import msgspec

from noc_tui.simulator.calls import Call
from noc_tui.simulator.errors import ApiError, perl_error, unreachable
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.node import Node
from noc_tui.simulator.parameters import verify_parameters
from noc_tui.simulator.replies import Reply, data_reply, error_reply
from noc_tui.simulator.routing import Method, Table
from noc_tui.simulator.tickets import Credentials, authenticate
from noc_tui.simulator.world import World

VERBS = frozenset(("GET", "POST", "PUT", "DELETE"))
LARGEST = 512 * 1024
_MALFORMED = (
    "malformed JSON string, neither tag, array, object, number, string or atom, at character "
    'offset {} (before "(end of string)") at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 917.'
)
_LOOKUP = "failed to get address info for: {0}: Temporary failure in name resolution"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in; `target` is the raw path with its query."""

    verb: str
    target: str
    credentials: Credentials
    content_type: str = ""
    body: bytes = b""


class Dispatcher:
    """Answers the requests that reach one node of a cluster."""

    def __init__(self, world: World, cluster: Cluster, node: Node, table: Table) -> None:
        self._world = world
        self._cluster = cluster
        self._node = node
        self._table = table

    def answer(self, request: Request) -> Reply:
        """The reply, errors included."""
        extjs = request.target.startswith("/api2/extjs")
        try:
            return self._answer(request, extjs)
        except ApiError as error:
            return error_reply(error, extjs)

    def _answer(self, request: Request, extjs: bool) -> Reply:
        if request.verb not in VERBS:
            raise ApiError(501, f"method '{request.verb}' not available", empty=True)
        path, _, query = request.target.partition("?")
        segments = _segments(path)
        if not self._node.pmxcfs:
            text = "RPCEnvironment init request failed: Unable to load access control list:"
            raise ApiError(500, f"{text} Connection refused", empty=True, delay=3)
        call, method = self._prepared(request, segments)
        if method.check is not None:
            method.check(call)
        self._reach(call, method)
        given = {**call.path, **_given(request, query)}
        call.values = verify_parameters(method.parameters, given)
        return data_reply(method.handler(call), extjs)

    def _prepared(self, request: Request, segments: list[str]) -> tuple[Call, Method]:
        """The call that the path names, once the sender has proved itself."""
        found = self._table.find(request.verb, segments)
        major = 9 if self._node.is_new else 8
        if found is not None and not found[0].since <= major <= found[0].until:
            found = None
        public = found is not None and found[0].public
        principal, by_token = "", request.credentials.authorization.startswith("PVEAPIToken")
        if not public:
            sender = authenticate(
                request.credentials,
                self._cluster.access,
                self._world.tickets,
                self._cluster.now,
                writing=request.verb != "GET",
            )
            principal, by_token = sender.principal, sender.by_token
        if found is None:
            shown = "/" + "/".join(segments)
            raise ApiError(501, f"Method '{request.verb} {shown}' not implemented")
        method, captured = found
        if method.ticket_only and by_token:
            shown = "/" + "/".join(segments)
            text = f"(URI '{shown}' not available with API token, need proper ticket.\n)\n"
            raise ApiError(403, f"Permission check failed {text}")
        self._world.count(self._cluster.name, method.verb, method.path)
        return Call(self._world, self._cluster, self._node, principal, captured), method

    def _reach(self, call: Call, method: Method) -> None:
        """Raise as the proxy does when the daemon that is to answer cannot be reached."""
        target = self._node
        if method.proxied:
            name = call.node_name
            known = self._cluster.nodes.get(name)
            if known is None:
                raise perl_error(f"hostname lookup '{name}' failed - {_LOOKUP.format(name)}")
            target = known
        if target is not self._node and (target.killed or target.cut):
            raise unreachable(595, "No route to host", delay=3)
        if target is not self._node and target.frozen:
            raise unreachable(596, "Connection timed out", delay=30)
        if target is not self._node and not target.pveproxy:
            raise unreachable(595, "Connection refused", delay=0)
        if method.protected and not target.pvedaemon:
            raise unreachable(595, "Connection refused", delay=0)


def _segments(path: str) -> list[str]:
    match = re.fullmatch(r"/api2/([^/]*)(/.*)?", path)
    if match is None:
        raise perl_error(f"unable to open file '/usr/share/pve-manager{path}' - No such file")
    if match[1] not in ("json", "extjs"):
        raise ApiError(501, f"no formatter for uri {match[2]}, {match[1]}", plain=True)
    return [unquote(part) for part in (match[2] or "").split("/") if part]


def _given(request: Request, query: str) -> dict[str, str]:
    """The parameters of a request, from its query and its body, as text."""
    values = dict(parse_qsl(query, keep_blank_values=True))
    if not request.body:
        return values
    if request.verb in ("GET", "DELETE"):
        raise ApiError(501, f"Unexpected content for method '{request.verb}'", plain=True)
    kind = request.content_type.split(";")[0].strip()
    if kind == "application/json":
        return values | _from_json(request.body)
    if kind != "application/x-www-form-urlencoded":
        raise ApiError(506, f"upload 'Content-Type '{kind}' not implemented", plain=True)
    return values | dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def _from_json(body: bytes) -> dict[str, str]:
    try:
        decoded = msgspec.json.decode(body, type=dict[str, str | int | float | bool | None])
    except msgspec.DecodeError as wrong:
        raise ApiError(500, _MALFORMED.format(len(body)), plain=True) from wrong
    return {name: _as_text(value) for name, value in decoded.items() if value is not None}


def _as_text(value: str | float | bool) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
