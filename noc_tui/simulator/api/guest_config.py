"""`config` and `pending` of guests: read, and changed with a digest, locks and privileges."""

import re
from functools import partial

from noc_tui.simulator import netopts, power
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.dice import Dice
from noc_tui.simulator.errors import bad, bad_parameters, perl_error
from noc_tui.simulator.guest_schema import (
    CONTROL,
    FAST,
    NET,
    deletions,
    privilege_for,
    schema_of,
)
from noc_tui.simulator.model.cluster import digest_of
from noc_tui.simulator.model.guest import Config, Guest
from noc_tui.simulator.model.tasks import Task
from noc_tui.simulator.parameters import FLAG, TEXT, Value
from noc_tui.simulator.routing import Method, needs

_ANY_CONFIG = [
    f"VM.Config.{name}"
    for name in ("Disk", "CDROM", "CPU", "Memory", "Network", "HWType", "Options", "Cloudinit")
]
_QEMU_CONFLICT = "checksum mismatch (file change by other user?)"
_LXC_CONFLICT = "detected modified configuration - file changed by other user? Try again."


def digest(guest: Guest) -> str:
    """Of the configuration file, what waits for a restart included."""
    return digest_of((sorted(guest.config.items()), sorted(guest.pending.items(), key=str)))


def _read(kind: str, call: Call) -> Json:
    """With `current` as it is now, otherwise with what waits merged in."""
    guest = call.guest(kind)
    config: Config = dict(guest.config)
    if not call.flag("current"):
        for name, value in guest.pending.items():
            config.pop(name, None)
            if value is not None:
                config[name] = value
    return config | {"digest": digest(guest)}


def _pending(kind: str, call: Call) -> Json:
    guest = call.guest(kind)
    rows: list[Row] = []
    for name in [*guest.config, *(name for name in guest.pending if name not in guest.config)]:
        row: Row = {"key": name}
        if name in guest.config:
            row["value"] = guest.config[name]
        if name in guest.pending:
            waiting = guest.pending[name]
            row |= {"delete": 1} if waiting is None else {"pending": waiting}
        rows.append(row)
    return [*rows, {"key": "digest", "value": digest(guest)}]


def _write(kind: str, call: Call) -> Json:
    """`PUT config`: checked, done, and answered with nothing."""
    change = _checked(kind, call)
    _apply(call, kind, *change)
    return None


def _write_later(kind: str, call: Call) -> Json:
    """`POST config`: the same in a task."""
    options, removed, _ = _checked(kind, call)
    line = f"update VM {call.vmid}: " + _told(options, removed)

    def work(task: Task) -> str:
        task.log.append(line)
        _apply(call, kind, options, removed, [])
        return "OK"

    task = call.cluster.begin_task(
        call.node_name, "qmconfig", str(call.vmid), call.principal, 0.4, work
    )
    return task.upid


def _told(options: dict[str, Value], removed: list[str]) -> str:
    parts = [f"-{name} {value}" for name, value in options.items()]
    return " ".join([*parts, *([f"-delete {','.join(removed)}"] if removed else [])])


Change = tuple[dict[str, Value], list[str], list[str]]
"""Options to set, to delete, and to revert."""


def _checked(kind: str, call: Call) -> Change:
    """What the caller wants, once it has been found allowed."""
    options = {
        name: value
        for name, value in call.values.items()
        if name not in CONTROL and name not in ("node", "vmid")
    }
    if call.flag("skiplock") and not call.root:
        raise bad(skiplock="Only root may use this option.")
    removed = deletions(kind, call.text("delete"), options)
    reverted = [name for name in re.split(r"[\s,;]+", call.text("revert")) if name]
    if not options and not removed and not reverted:
        raise perl_error("no options specified")
    if not call.root:
        for name in [*options, *removed, *reverted]:
            _allow(call, name)
        for name, value in options.items():
            _allow_bridge(call, kind, name, value)
    return options, removed, reverted


def _allow(call: Call, name: str) -> None:
    privilege = privilege_for(name)
    if privilege is not None:
        call.need(f"/vms/{call.vmid}", privilege)
    if name == "startup":
        call.need("/", "Sys.Modify")


def _allow_bridge(call: Call, kind: str, name: str, value: Value) -> None:
    if NET.fullmatch(name):
        net = netopts.parse_option(kind, name, str(value))
        if "bridge" in net:
            tag = f"/{net['tag']}" if "tag" in net else ""
            call.need(f"/sdn/zones/localnetwork/{net['bridge']}{tag}", "SDN.Use")


def _writable(call: Call, kind: str, guest: Guest) -> None:
    """Refuse what a busy, changed, locked or unwritable configuration file refuses."""
    if guest.busy_until - call.now > power.FLOCK_WAIT:
        raise perl_error(power.flock_text(kind, guest.vmid), delay=power.FLOCK_WAIT)
    given = call.text("digest")
    if given and given != digest(guest):
        raise perl_error(_LXC_CONFLICT if kind == "lxc" else _QEMU_CONFLICT)
    if guest.lock and not call.flag("skiplock"):
        raise perl_error(power.lock_error(guest))
    if not call.cluster.quorate:
        folder = "lxc" if kind == "lxc" else "qemu-server"
        path = f"/etc/pve/nodes/{guest.node}/{folder}/{guest.vmid}.conf.tmp.1360"
        raise perl_error(f"unable to open file '{path}' - Permission denied")


def _apply(
    call: Call, kind: str, options: dict[str, Value], removed: list[str], reverted: list[str]
) -> None:
    guest = call.guest(kind)
    _writable(call, kind, guest)
    told = _told(options, removed)
    for name in reverted:
        guest.pending.pop(name, None)
    for name in removed:
        _remove(guest, name)
    errors: dict[str, str] = {}
    for name, value in options.items():
        if problem := _set(call, guest, name, value):
            errors[name] = problem
    if not guest.running:
        guest.apply_pending()
    call.cluster.note(call.local.name, call.principal, f"update VM {guest.vmid}: {told}")
    call.cluster.touch()
    if errors:
        raise bad_parameters(errors)


def _remove(guest: Guest, name: str) -> None:
    guest.pending.pop(name, None)
    if name not in guest.config:
        return
    if guest.running and not _hot(name):
        guest.pending[name] = None
    else:
        del guest.config[name]


def _hot(name: str) -> bool:
    return name in FAST or NET.fullmatch(name) is not None


def _set(call: Call, guest: Guest, name: str, value: Value) -> str:
    """Set an option now, or leave it pending; says what the hotplug objected to."""
    if NET.fullmatch(name):
        dice = Dice.named(call.cluster.seed, "mac", guest.vmid, name, call.cluster.changes)
        value = netopts.normalise_option(guest.kind, name, str(value), dice)
        bridge = netopts.parse_option(guest.kind, name, value).get("bridge")
        if guest.running and bridge is not None and bridge not in power.BRIDGES:
            guest.pending[name] = value
            word = "unable to hotplug" if guest.kind == "lxc" else "hotplug problem"
            about = f" {name}:" if guest.kind == "lxc" else " -"
            return f"{word}{about} interface {bridge} does not exist\n"
    if name == "tags":
        value = ";".join(sorted({tag.lower() for tag in re.split(r"[\s,;]+", str(value)) if tag}))
    guest.pending.pop(name, None)
    if guest.config.get(name) == value:
        return ""
    if guest.running and not _hot(name):
        guest.pending[name] = value
    else:
        guest.config[name] = value
    return ""


def _methods(kind: str) -> tuple[Method, ...]:
    base = f"/nodes/{{node}}/{kind}/{{vmid}}"
    audit = needs("/vms/{vmid}", "VM.Audit")
    change = needs("/vms/{vmid}", *_ANY_CONFIG, any_of=True)
    reading = {"current": FLAG, "snapshot": TEXT}
    schema = schema_of(kind)
    methods = (
        Method("GET", f"{base}/config", partial(_read, kind), reading, check=audit),
        Method("GET", f"{base}/pending", partial(_pending, kind), check=audit),
        Method(
            "PUT", f"{base}/config", partial(_write, kind), schema, check=change, protected=True
        ),
    )
    if kind == "lxc":
        return methods
    later = Method(
        "POST", f"{base}/config", partial(_write_later, kind), schema, check=change, protected=True
    )
    return (*methods, later)


METHODS = (*_methods("qemu"), *_methods("lxc"))
