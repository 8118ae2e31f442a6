"""From a request to a reply, as a Proxmox Backup Server answers.

Errors are plain text labelled as JSON, under the standard reason phrase; whatever is not an
explicit HTTP error is a 400.
"""

import gzip
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote

import msgspec

from noc_tui.simulator.model.backups import BackupServer
from noc_tui.simulator.pbs import calls
from noc_tui.simulator.pbs.tickets import login, user_of
from noc_tui.simulator.replies import Reply
from noc_tui.simulator.tickets import Credentials
from noc_tui.simulator.world import World

JSON = "application/json;charset=UTF-8"
_TOKEN = re.compile(r"PBSAPIToken=(?P<id>[^!\s]+@[^!\s:]+![^:\s]+):(?P<secret>\S+)")
_STORE = "/admin/datastore/{store}"


@dataclass(slots=True)
class PbsError(Exception):
    """A refusal: its text is the whole body."""

    status: int
    text: str
    delay: float = 0.0


Handler = Callable[[World, BackupServer, dict[str, str]], object]

_CALLS: tuple[tuple[str, Handler, bool], ...] = (
    ("/version", calls.version, False),
    ("/access/permissions", calls.permissions, False),
    ("/access/users", calls.users, False),
    ("/admin/datastore", calls.datastores, False),
    ("/status/datastore-usage", calls.usage, False),
    (f"{_STORE}/groups", calls.groups, True),
    (f"{_STORE}/snapshots", calls.snapshots, True),
    (f"{_STORE}/namespace", calls.namespaces, True),
    (f"{_STORE}/status", calls.status, True),
    ("/admin/{kind}", calls.jobs, False),
    ("/nodes/{node}/status", calls.node_status, False),
)
_COMPILED = [
    (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), path, handler, store)
    for path, handler, store in _CALLS
]


@dataclass(slots=True)
class PbsDispatcher:
    """Answers what reaches one backup server."""

    world: World
    server: BackupServer
    _written: dict[str, tuple[int, bytes, bytes]] = field(default_factory=dict)

    def answer(
        self, verb: str, target: str, credentials: Credentials, _content_type: str, body: bytes
    ) -> Reply:
        try:
            return self._answer(verb, target, credentials, body)
        except PbsError as error:
            reason = HTTPStatus(error.status).phrase
            return Reply(error.status, reason, error.text.encode(), JSON, delay=error.delay)

    def _answer(self, verb: str, target: str, credentials: Credentials, body: bytes) -> Reply:
        whole, _, query = target.partition("?")
        if not whole.startswith("/api2/json"):
            raise PbsError(404, f"Path '{whole}' not found.")
        short = "/" + unquote(whole.removeprefix("/api2/json")).strip("/")
        if verb == "POST" and short == "/access/ticket":
            return self._login(dict(parse_qsl(body.decode())))
        self._authenticate(credentials)
        for pattern, path, handler, of_store in _COMPILED:
            match = pattern.fullmatch(short)
            if match is None:
                continue
            if verb != "GET":
                break
            self.world.count(self.server.name, verb, path)
            values = dict(parse_qsl(query)) | match.groupdict()
            if of_store:
                self._check_store(values)
            return self._listing(target, handler, values)
        raise PbsError(404, f"Path '{short}' not found.")

    def _listing(self, target: str, handler: Handler, values: dict[str, str]) -> Reply:
        """Written once for each change: snapshots of thousands of guests are asked for often."""
        kept = self._written.get(target)
        if kept is None or kept[0] != self.server.changes:
            data = handler(self.world, self.server, values)
            body = msgspec.json.encode({"data": data})
            kept = (self.server.changes, body, gzip.compress(body, 1))
            self._written = {target: kept} if len(self._written) > 50 else self._written
            self._written[target] = kept
        return Reply(200, "OK", kept[1], JSON, kept[2])

    def _check_store(self, values: dict[str, str]) -> None:
        if values["store"] != self.server.datastore:
            raise PbsError(400, f"no such datastore '{values['store']}'")
        if values.get("ns", "") not in ("", self.server.namespace):
            raise PbsError(400, f"namespace '{values['ns']}' does not exist")

    def _authenticate(self, credentials: Credentials) -> str:
        now = self.world.timeline.now
        if credentials.cookie:
            user = user_of(self.world.tickets, unquote(credentials.cookie), now)
            if user is None:
                raise PbsError(401, "authentication failed - invalid ticket", 3)
            return user
        match = _TOKEN.fullmatch(credentials.authorization)
        secret = self.server.secrets.get(match["id"]) if match else None
        if not credentials.authorization:
            raise PbsError(
                401, "authentication failed - no authentication credentials provided.", 3
            )
        if match is None or secret is None or not hmac.compare_digest(secret, match["secret"]):
            raise PbsError(401, "authentication failed - invalid token", 3)
        return match["id"]

    def _login(self, values: dict[str, str]) -> Reply:
        user = values.get("username", "")
        secret = self.server.secrets.get(user)
        if secret is None or not hmac.compare_digest(secret, values.get("password", "")):
            raise PbsError(401, "permission check failed.", 3)
        data = login(self.world.tickets, user, self.world.timeline.now)
        return Reply(200, "OK", msgspec.json.encode({"data": data}), JSON)
