"""`/cluster/ha/*`: services, what is asked of them, and how the manager fares."""

from datetime import UTC, datetime

from noc_tui.simulator.api.users import names_in
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.errors import bad, perl_error
from noc_tui.simulator.ha import guest_of
from noc_tui.simulator.model.cluster import HaResource, digest_of
from noc_tui.simulator.model.node import Node
from noc_tui.simulator.parameters import DIGEST, NUMBER, TEXT, Parameter, choice, match_pattern
from noc_tui.simulator.routing import Method, index, needs

_STATES = choice("started", "stopped", "enabled", "disabled", "ignored")
_CONFLICT = (
    "update resource failed: detected modified configuration - file changed by other user? Try"
    " again."
)
_FIELDS = {
    "state": Parameter(_STATES),
    "group": TEXT,
    "comment": TEXT,
    "max_restart": NUMBER,
    "max_relocate": NUMBER,
}


def _digest(call: Call) -> str:
    return digest_of(
        [
            (sid, one.state, one.group, one.comment, one.max_restart, one.max_relocate)
            for sid, one in sorted(call.cluster.ha.items())
        ]
    )


def _row(call: Call, resource: HaResource) -> Row:
    kind = resource.sid.partition(":")[0]
    row: Row = {"sid": resource.sid, "type": kind, "digest": _digest(call)}
    for key in ("state", "group", "comment", "max_restart", "max_relocate"):
        value = getattr(resource, key)
        if value not in ("", None):
            row[key] = value
    return row


def _current(call: Call) -> Json:
    cluster = call.cluster
    quorum = "OK" if cluster.quorate else f"No quorum on node '{call.local.name}'!"
    rows: list[Row] = [
        {
            "id": "quorum",
            "type": "quorum",
            "node": call.local.name,
            "status": quorum,
            "quorate": int(cluster.quorate),
        }
    ]
    if cluster.ha_used and cluster.ha_manager:
        rows += _managers(call)
    if call.local.is_new:
        rows.append(_fencing(call))
    return rows + [_service(call, resource) for resource in cluster.ha.values()]


def _managers(call: Call) -> list[Row]:
    """The master and each node's local manager, with when it last wrote."""
    cluster = call.cluster
    beat = int(call.now - call.now % 10)
    alive = [node for node in cluster.nodes.values() if node.online and not node.frozen]
    master = alive[0] if alive else call.local
    stamp = datetime.fromtimestamp(beat, UTC).strftime("%a %b %e %H:%M:%S %Y")
    rows: list[Row] = [
        {
            "id": "master",
            "type": "master",
            "node": master.name,
            "status": f"{master.name} (active, {stamp})",
            "timestamp": beat,
        }
    ]
    for node in cluster.nodes.values():
        seen = beat if node in alive else int(node.heard or beat)
        word = _lrm_word(call, node, alive=node in alive)
        at = datetime.fromtimestamp(seen, UTC).strftime("%a %b %e %H:%M:%S %Y")
        rows.append(
            {
                "id": f"lrm:{node.name}",
                "type": "lrm",
                "node": node.name,
                "status": f"{node.name} ({word}, {at})",
                "timestamp": seen,
            }
        )
    return rows


def _lrm_word(call: Call, node: Node, *, alive: bool) -> str:
    """What an LRM does; a node on 9.2 says besides what its watchdog does."""
    word = "active" if alive else "old timestamp - dead?"
    if node.maintenance:
        word = "maintenance mode"
    watchdog = "released" if call.cluster.armed == "disarmed" else "active" if alive else "inactive"
    return f"{word}, watchdog {watchdog}" if call.local.is_new else word


def _fencing(call: Call) -> Row:
    """Whether HA as a whole is armed (9.2)."""
    cluster = call.cluster
    armed = cluster.armed if cluster.ha or cluster.armed != "armed" else "standby"
    row: Row = {
        "id": "fencing",
        "type": "fencing",
        "node": call.local.name,
        "status": armed,
        "armed-state": armed,
    }
    return row | ({"resource_mode": cluster.resource_mode} if cluster.resource_mode else {})


def _service(call: Call, resource: HaResource) -> Row:
    guest = guest_of(call.cluster, resource.sid)
    node = guest.node if guest is not None else call.local.name
    row: Row = {
        "id": f"service:{resource.sid}",
        "type": "service",
        "sid": resource.sid,
        "node": node,
        "state": resource.service,
        "request_state": resource.wanted,
        "status": f"{resource.sid} ({node}, {resource.service})",
        "max_restart": 1 if resource.max_restart is None else resource.max_restart,
        "max_relocate": 1 if resource.max_relocate is None else resource.max_relocate,
    }
    if resource.service != "queued":
        row["crm_state"] = resource.service
    if call.local.is_new:
        row["failback"] = 1
    for key in ("group", "comment"):
        if getattr(resource, key):
            row[key] = getattr(resource, key)
    return row


def _list(call: Call) -> Json:
    kind = call.text("type")
    return [
        _row(call, resource)
        for resource in call.cluster.ha.values()
        if resource.sid.startswith(kind)
    ]


def _found(call: Call) -> HaResource:
    sid = _sid(call.path["sid"])
    if sid not in call.cluster.ha:
        raise perl_error(f"no such resource '{sid}'")
    return call.cluster.ha[sid]


def _sid(given: str) -> str:
    return given if ":" in given else f"vm:{given}"


def _create(call: Call) -> Json:
    sid = _sid(call.text("sid"))
    if sid in call.cluster.ha:
        raise perl_error(f"create resource failed: resource ID '{sid}' already defined")
    if guest_of(call.cluster, sid) is None:
        raise bad(sid=f"unable to find service '{sid}'")
    _need_quorum(call, "create resource failed")
    resource = HaResource(sid)
    _change(call, resource)
    call.cluster.ha[sid] = resource
    call.cluster.ha_used = True
    call.world.ha.forget(call.cluster)
    call.world.ha.nudge(call.cluster, sid)
    call.cluster.touch()
    return None


def _update(call: Call) -> Json:
    resource = _found(call)
    if resource.service == "error" and call.text("state") != "disabled":
        text = f"service '{resource.sid}' in error state, must be disabled and fixed first"
        raise perl_error(text)
    _need_quorum(call, "update resource failed")
    if "digest" in call.values and call.text("digest") != _digest(call):
        raise perl_error(_CONFLICT)
    gone = names_in(call.text("delete"))
    for name in gone:
        if name not in _FIELDS:
            raise perl_error(f"update resource failed: no such option '{name}'")
    _change(call, resource)
    for name in gone:
        setattr(resource, name, None if name.startswith("max_") else "")
    if resource.service == "error" and resource.state == "disabled":
        resource.service = "stopped"
    call.world.ha.request(call.cluster, resource.sid, resource.state)
    return None


def _change(call: Call, resource: HaResource) -> None:
    if call.text("group") and call.cluster.upgraded:
        raise bad(group="ha groups have been migrated to rules")
    for name in ("state", "group", "comment"):
        if name in call.values:
            setattr(resource, name, call.text(name))
    for name in ("max_restart", "max_relocate"):
        if name in call.values:
            setattr(resource, name, call.number(name))


def _remove(call: Call) -> Json:
    resource = _found(call)
    _need_quorum(call, "delete resource failed")
    del call.cluster.ha[resource.sid]
    call.world.ha.forget(call.cluster)
    call.cluster.touch()
    return None


def _need_quorum(call: Call, prefix: str) -> None:
    call.need_quorum(f"{prefix}: error with cfs lock 'domain-ha': no quorum!")


_AUDIT = needs("/", "Sys.Audit")
_CONSOLE = needs("/", "Sys.Console")
_ONE = "/cluster/ha/resources/{sid}"
_KNOWN_SID = Parameter(match_pattern(r"(?:(?:vm|ct):)?\d+"), optional=False)

METHODS = (
    index("GET", "/cluster/ha", "id", "resources", "groups", "rules", "status"),
    Method("GET", "/cluster/ha/status/current", _current, check=_AUDIT),
    Method("GET", "/cluster/ha/resources", _list, {"type": TEXT}, check=_AUDIT),
    Method("GET", _ONE, lambda call: _row(call, _found(call)), check=_AUDIT),
    Method(
        "POST",
        "/cluster/ha/resources",
        _create,
        _FIELDS | {"sid": _KNOWN_SID, "type": TEXT},
        check=_CONSOLE,
        protected=True,
    ),
    Method(
        "PUT",
        _ONE,
        _update,
        _FIELDS | {"digest": DIGEST, "delete": TEXT},
        check=_CONSOLE,
        protected=True,
    ),
    Method("DELETE", _ONE, _remove, check=_CONSOLE, protected=True),
)
