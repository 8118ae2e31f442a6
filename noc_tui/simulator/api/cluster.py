"""`/version`, the index of the API, and `/cluster/{status,resources,tasks,log,options,nextid}`."""

from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.errors import bad
from noc_tui.simulator.model.node import Node
from noc_tui.simulator.model.tasks import Task
from noc_tui.simulator.parameters import VMID, Parameter, choice, integer
from noc_tui.simulator.replies import encode_envelope
from noc_tui.simulator.routing import Method, index, needs
from noc_tui.simulator.views import resource_rows

_FINISHED_PER_NODE = 25


def version_row(node: Node) -> Row:
    """What a node says of its version."""
    found = node.version
    return {"version": found.version, "release": found.release, "repoid": found.repoid}


def _version(call: Call) -> Json:
    return version_row(call.local)


def _status(call: Call) -> Json:
    cluster = call.cluster
    rows: list[Row] = []
    if not cluster.standalone:
        rows.append(
            {
                "type": "cluster",
                "id": "cluster",
                "name": cluster.name,
                "nodes": len(cluster.nodes),
                "version": len(cluster.nodes),
                "quorate": int(cluster.quorate),
            }
        )
    return rows + [
        {
            "type": "node",
            "id": f"node/{node.name}",
            "name": node.name,
            "nodeid": 0 if cluster.standalone else node.nodeid,
            "ip": node.address,
            "online": int(node.online),
            "local": int(node is call.local),
            "level": "",
        }
        for node in cluster.nodes.values()
    ]


def _resources(call: Call) -> Json:
    """Written once for each refresh, change and view: it is what everybody asks for."""
    key = (f"{call.cluster.name}/{call.local.pve}", call.principal, call.text("type"))
    state = (call.cluster.changes, call.cluster.access.generation, call.now // 10)
    kept = call.world.written.get(key)
    if kept is None or kept[0] != state:
        rows = resource_rows(call.cluster, call.local, call.has, call.text("type"))
        kept = (state, encode_envelope(rows))
        call.world.written[key] = kept
    return kept[1]


def task_facts(task: Task) -> Row:
    """What is said of a task wherever one is told of."""
    user, token = task.owner
    row: Row = {
        "upid": task.upid,
        "node": task.node,
        "pid": task.pid,
        "pstart": task.pstart,
        "starttime": task.start,
        "type": task.kind,
        "id": task.subject,
        "user": user,
    }
    if token:
        row["tokenid"] = token
    return row


def task_row(task: Task, archived: bool = True) -> Row:
    """A task in a listing; an active one is told with its token unsplit."""
    row = task_facts(task)
    if not task.running:
        row |= {"endtime": task.end, "status": task.status}
    elif archived:
        row["user"] = task.user
    return row


def _tasks(call: Call) -> Json:
    everything = call.has("/", "Sys.Audit")
    rows: list[Row] = []
    for name in call.cluster.nodes:
        tasks = call.cluster.tasks.of_node(name)
        finished = [task for task in tasks if not task.running][-_FINISHED_PER_NODE:]
        shown = [*(task for task in tasks if task.running), *finished]
        rows += [
            _cluster_task(task)
            for task in shown
            if everything or task.user == call.principal == call.user
        ]
    return rows


def _cluster_task(task: Task) -> Row:
    row = task_row(task)
    del row["pstart"]
    row["saved"] = "0" if task.running else "1"
    if not task.running:
        del row["pid"]
    return row


def _log(call: Call) -> Json:
    everything = call.has("/", "Sys.Syslog")
    lines = [line for line in call.cluster.log if everything or line.user == call.principal]
    return [
        {
            "uid": str(line.uid),
            "id": f"{line.uid}:{line.node}",
            "time": line.time,
            "pri": line.priority,
            "tag": line.tag,
            "pid": line.pid,
            "node": line.node,
            "user": line.user,
            "msg": line.text,
        }
        for line in lines[: call.number("max", 50)]
    ]


def _options(call: Call) -> Json:
    tags = call.cluster.options.get("allowed-tags", "")
    row: Row = {"allowed-tags": [tag for tag in tags.split(";") if tag]}
    if not call.has("/", "Sys.Audit"):
        held = call.cluster.access.privileges(call.principal, "/vms")
        return row if held else {"allowed-tags": []}
    others = {key: value for key, value in call.cluster.options.items() if key != "allowed-tags"}
    return row | others


def _next_id(call: Call) -> Json:
    if "vmid" in call.values:
        if call.number("vmid") in call.cluster.guests:
            raise bad(vmid=f"VM {call.number('vmid')} already exists")
        return str(call.number("vmid"))
    free = 100
    while free in call.cluster.guests:
        free += 1
    return str(free)


def _config_nodes(call: Call) -> Json:
    return [
        {
            "name": node.name,
            "node": node.name,
            "nodeid": str(node.nodeid),
            "quorum_votes": "1",
            "ring0_addr": node.address,
        }
        for node in call.cluster.nodes.values()
    ]


_AUDIT = needs("/", "Sys.Audit")
_BELOW_CLUSTER = (
    "acme",
    "backup",
    "backup-info",
    "ceph",
    "config",
    "firewall",
    "ha",
    "jobs",
    "log",
    "mapping",
    "metrics",
    "notifications",
    "nextid",
    "options",
    "replication",
    "resources",
    "status",
    "tasks",
    "sdn",
)

METHODS = (
    index("GET", "/", "subdir", "version", "cluster", "nodes", "storage", "access", "pools"),
    index("GET", "/cluster", "name", *_BELOW_CLUSTER),
    Method("GET", "/version", _version),
    Method("GET", "/cluster/status", _status, check=_AUDIT, protected=True),
    Method(
        "GET",
        "/cluster/resources",
        _resources,
        {"type": Parameter(choice("vm", "storage", "node", "sdn"))},
    ),
    Method("GET", "/cluster/tasks", _tasks),
    Method("GET", "/cluster/log", _log, {"max": Parameter(integer(1))}),
    Method("GET", "/cluster/options", _options),
    Method("GET", "/cluster/nextid", _next_id, {"vmid": Parameter(VMID.verify)}),
    Method("GET", "/cluster/config/nodes", _config_nodes, check=_AUDIT),
    Method(
        "GET",
        "/cluster/firewall/options",
        lambda call: {**call.cluster.firewall, "digest": "0" * 40},
        check=_AUDIT,
    ),
)
