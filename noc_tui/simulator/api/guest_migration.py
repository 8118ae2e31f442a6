"""`…/migrate` of guests: what stands in its way, and the move itself (`PVE::API2::Qemu`)."""

from functools import partial

from noc_tui.simulator import migration
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.errors import bad, perl_error
from noc_tui.simulator.ha import blocking_causes
from noc_tui.simulator.model.guest import GIB, Guest
from noc_tui.simulator.parameters import FLAG, NUMBER, TEXT, Parameter
from noc_tui.simulator.routing import Method, needs


def _conditions(call: Call) -> Json:
    """What of a machine lies on its node alone, and which nodes have all of its storages."""
    guest = call.guest("qemu")
    missing = {
        name: migration.missing_storages(call.cluster, guest, name)
        for name in call.cluster.nodes
        if name != guest.node
    }
    refused: Row = {name: _refusal(call, guest, name, lost) for name, lost in missing.items()}
    disk = str(guest.config.get("scsi0", "")).partition(",")[0]
    return {
        "running": int(guest.running),
        "allowed_nodes": [name for name in missing if not refused[name]],
        "not_allowed_nodes": refused,
        "local_disks": [_disk(guest, disk)] if migration.is_local(call.cluster, disk) else [],
        "local_resources": sorted(key for key in guest.config if key.startswith("hostpci")),
        "mapped-resources": [],
        "mapped-resource-info": {},
    }


def _refusal(call: Call, guest: Guest, node: str, lost: list[str]) -> Row:
    """What a node lacks; in 9.x also which services of HA stand in the way."""
    found: Row = {"unavailable_storages": lost} if lost else {}
    managed = guest.sid in call.cluster.ha and call.cluster.ha[guest.sid].state != "ignored"
    causes = blocking_causes(call.cluster, guest.sid, node) if managed else []
    if causes and call.cluster.upgraded:
        found["blocking-ha-resources"] = [{"sid": sid, "cause": cause} for sid, cause in causes]
    return found


def _disk(guest: Guest, volume: str) -> Row:
    return {
        "volid": volume,
        "drivename": "scsi0",
        "size": guest.disk or GIB,
        "shared": 0,
        "cdrom": 0,
        "is_attached": 1,
        "is_unused": 0,
        "is_vmstate": 0,
        "is_tpmstate": 0,
        "replicate": 1,
    }


def _migrate(kind: str, call: Call) -> Json:
    target = call.text("target")
    if target == call.node_name:
        raise bad(target="target is local node.")
    call.need_quorum("cluster not ready - no quorum?")
    if target not in call.cluster.nodes:
        raise perl_error(f"no such cluster node '{target}'")
    guest = call.guest(kind)
    asked = migration.Asked(
        target=target,
        user=call.principal,
        online=call.flag("online"),
        restart=call.flag("restart"),
        with_local_disks=call.flag("with-local-disks"),
    )
    if guest.running and kind == "qemu" and not asked.online:
        raise perl_error("can't migrate running VM without --online")
    if guest.sid in call.cluster.ha and call.cluster.ha[guest.sid].state != "ignored":
        return migration.ask_ha(call.world, call.cluster, guest, asked).upid
    return migration.begin(call.world, call.cluster, guest, asked).upid


_TARGET = Parameter(TEXT.verify, optional=False)
_MIGRATE = needs("/vms/{vmid}", "VM.Migrate")
_SCHEMAS = {
    "qemu": {
        "target": _TARGET,
        "online": FLAG,
        "with-local-disks": FLAG,
        "targetstorage": TEXT,
        "bwlimit": NUMBER,
        "force": FLAG,
    },
    "lxc": {
        "target": _TARGET,
        "online": FLAG,
        "restart": FLAG,
        "timeout": NUMBER,
        "target-storage": TEXT,
        "bwlimit": NUMBER,
    },
}

METHODS = (
    Method(
        "GET",
        "/nodes/{node}/qemu/{vmid}/migrate",
        _conditions,
        {"target": TEXT},
        _MIGRATE,
        protected=True,
    ),
    *(
        Method(
            "POST",
            f"/nodes/{{node}}/{kind}/{{vmid}}/migrate",
            partial(_migrate, kind),
            _SCHEMAS[kind],
            _MIGRATE,
            protected=True,
        )
        for kind in ("qemu", "lxc")
    ),
)
