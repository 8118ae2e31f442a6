"""`status/{start,stop,shutdown,reboot,suspend,resume,reset}` of guests."""

from collections.abc import Callable
from functools import partial

from noc_tui.simulator import power, power_requests
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json
from noc_tui.simulator.errors import bad, perl_error
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.parameters import FLAG, NUMBER, TEXT
from noc_tui.simulator.routing import Method, needs

_ROOT_OPTIONS = ("skiplock", "stateuri", "migratedfrom", "machine", "force-cpu")


def _only_root(call: Call) -> None:
    for name in _ROOT_OPTIONS:
        if name in call.values and not call.root:
            raise bad(**{name: "Only root may use this option."})


def _ha_request(call: Call, kind: str, verb: str) -> str | None:
    """For a guest under HA the request goes to its manager: a task that only notes the wish."""
    sid = _sid(kind, call.vmid)
    if not power_requests.is_managed(call.cluster, sid):
        return None
    call.need_quorum("cluster not ready - no quorum?")
    return power_requests.ask_ha(
        call.world, call.cluster, call.node_name, sid, verb, call.principal
    ).upid


def _sid(kind: str, vmid: int) -> str:
    return f"{'ct' if kind == 'lxc' else 'vm'}:{vmid}"


def _start(kind: str, call: Call) -> Json:
    _only_root(call)
    call.need_quorum("cluster not ready - no quorum?")
    if kind == "lxc" and call.guest(kind).running:
        raise perl_error(f"CT {call.vmid} already running")
    asked = _ha_request(call, kind, "start")
    if asked is not None:
        return asked
    task = power.start(
        call.cluster, call.node_name, kind, call.vmid, call.principal, call.flag("skiplock")
    )
    return task.upid


def _stop(kind: str, call: Call) -> Json:
    _only_root(call)
    if kind == "lxc":
        _need_running(call, kind)
    if power_requests.is_managed(call.cluster, _sid(kind, call.vmid)) and call.flag(
        "overrule-shutdown"
    ):
        raise bad(**{"overrule-shutdown": "Not applicable for HA resources."})
    asked = _ha_request(call, kind, "stop")
    if asked is not None:
        return asked
    overrule = call.flag("overrule-shutdown")
    return power.stop(call.cluster, call.node_name, kind, call.vmid, call.principal, overrule).upid


def _shutdown(kind: str, call: Call) -> Json:
    _only_root(call)
    guest = power.find(call.cluster, call.node_name, kind, call.vmid)
    if kind == "lxc":
        _need_running(call, kind)
    if guest is not None and guest.qmp == "paused" and not call.flag("forceStop"):
        raise perl_error("VM is paused - cannot shutdown")
    asked = _ha_request(call, kind, "stop")
    if asked is not None:
        return asked
    return power.shutdown(
        call.cluster,
        call.node_name,
        kind,
        call.vmid,
        call.principal,
        call.number("timeout", 60),
        call.flag("forceStop"),
    ).upid


def _reboot(kind: str, call: Call) -> Json:
    _need_running(call, kind)
    timeout = call.number("timeout", 60)
    return power.reboot(call.cluster, call.node_name, kind, call.vmid, call.principal, timeout).upid


def _suspend(kind: str, call: Call) -> Json:
    guest = _need_running(call, kind)
    if call.flag("todisk"):
        if guest.sid in call.cluster.ha:
            raise perl_error("Cannot suspend HA managed VM to disk")
        return power.suspend_to_disk(call.cluster, guest, call.principal).upid
    task = "vzsuspend" if kind == "lxc" else "qmpause"
    return power.turn(call.cluster, guest, task, "paused", call.principal).upid


def _resume(kind: str, call: Call) -> Json:
    _only_root(call)
    guest = _need_running(call, kind)
    task = "vzresume" if kind == "lxc" else "qmresume"
    return power.turn(call.cluster, guest, task, "running", call.principal).upid


def _reset(kind: str, call: Call) -> Json:
    guest = _need_running(call, kind)
    return power.turn(call.cluster, guest, "qmreset", "running", call.principal).upid


def _need_running(call: Call, kind: str) -> Guest:
    guest = call.guest(kind)
    if not guest.running:
        raise perl_error(f"{'CT' if kind == 'lxc' else 'VM'} {call.vmid} not running")
    return guest


_POWER = needs("/vms/{vmid}", "VM.PowerMgmt")
_TIMED = {"timeout": NUMBER, "skiplock": FLAG}
_INTERNAL = dict.fromkeys(("stateuri", "migratedfrom", "machine", "force-cpu"), TEXT)
_ACTIONS: tuple[tuple[str, Callable[[str, Call], Json], tuple[str, ...]], ...] = (
    ("start", _start, ()),
    ("stop", _stop, ("keepActive", "overrule-shutdown")),
    ("shutdown", _shutdown, ("forceStop", "keepActive")),
    ("reboot", _reboot, ()),
    ("suspend", _suspend, ("todisk",)),
    ("resume", _resume, ("nocheck",)),
)


def _method(
    kind: str, name: str, handler: Callable[[str, Call], Json], flags: tuple[str, ...]
) -> Method:
    schema = _TIMED | dict.fromkeys(flags, FLAG) | (_INTERNAL if name == "start" else {})
    path = f"/nodes/{{node}}/{kind}/{{vmid}}/status/{name}"
    return Method("POST", path, partial(handler, kind), schema, _POWER, protected=True)


METHODS = (
    *(_method(kind, *action) for kind in ("qemu", "lxc") for action in _ACTIONS),
    _method("qemu", "reset", _reset, ()),
)
