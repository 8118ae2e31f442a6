"""`/nodes/{node}/tasks`: archive, active ones, state, log, and stopping one."""

import re

from noc_tui.simulator import power
from noc_tui.simulator.api.cluster import task_facts, task_row
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Late, Listing, Row
from noc_tui.simulator.errors import bad
from noc_tui.simulator.model.tasks import Task
from noc_tui.simulator.parameters import FLAG, NUMBER, TEXT, VMID, Parameter, choice
from noc_tui.simulator.routing import Method, index

_UPID = re.compile(
    r"UPID:[a-zA-Z0-9](?:[a-zA-Z0-9\-]*[a-zA-Z0-9])?:[0-9A-Fa-f]{8}:[0-9A-Fa-f]{8,9}"
    r":[0-9A-Fa-f]{8}:[^:\s/]+:[^:\s/]*:[^:\s/]+:"
)
KILL_SECONDS = 5.0


def _list(call: Call) -> Json:
    everything = call.has(f"/nodes/{call.node_name}", "Sys.Audit")
    source = call.text("source", "archive")
    tasks = [
        task
        for task in reversed(call.cluster.tasks.of_node(call.node_name))
        if (everything or task.visible_to(call.principal))
        and (source == "all" or task.running == (source == "active"))
        and _wanted(call, task)
    ]
    start = call.number("start")
    page = tasks[start : start + call.number("limit", 50)]
    return Listing([_row(task) for task in page], len(tasks)) if tasks else []


def _row(task: Task) -> Row:
    row = task_row(task)
    if task.running:
        row |= {"status": "RUNNING", "saved": "0"}
        row.pop("tokenid", None)
    return row


def _wanted(call: Call, task: Task) -> bool:
    """The filters that the caller gave."""
    values = call.values
    failed = not task.running and task.status != "OK"
    return (
        ("vmid" not in values or task.subject == str(call.number("vmid")))
        and ("typefilter" not in values or task.kind == call.text("typefilter"))
        and call.text("userfilter") in task.user
        and (not call.flag("errors") or failed)
        and ("since" not in values or task.start >= call.number("since"))
        and ("until" not in values or task.start <= call.number("until"))
        and ("statusfilter" not in values or _class(task) in call.text("statusfilter"))
    )


def _class(task: Task) -> str:
    status = task.status or ""
    if status == "OK":
        return "ok"
    if status.startswith("WARNINGS"):
        return "warning"
    return "unknown" if status == "unexpected status" else "error"


def _status(call: Call) -> Json:
    task = _found(call)
    _need_mine(call, task, "Sys.Audit")
    row = task_facts(task) | {"status": "running" if task.running else "stopped"}
    if not task.running:
        row["exitstatus"] = task.status
    return row


def _log(call: Call) -> Json:
    upid = _wellformed(call)
    task = call.cluster.tasks.by_upid.get(upid)
    if task is None or task.node != call.node_name:
        call.need(f"/nodes/{call.node_name}", "Sys.Audit")
        line = {"n": 1, "t": "unable to open file - No such file or directory"}
        return Listing(line, 1)
    _need_mine(call, task, "Sys.Audit")
    lines = task.log or ["no content"]
    start, limit = call.number("start"), call.number("limit", 50)
    chosen = lines[start : start + limit] if limit else lines[start:]
    rows = [{"n": start + number, "t": text} for number, text in enumerate(chosen, 1)]
    return Listing(rows, len(lines))


def _kill(call: Call) -> Json:
    upid = _wellformed(call)
    task = call.cluster.tasks.by_upid.get(upid)
    user = upid.split(":")[7]
    if user.partition("!")[0] != call.user:
        call.need(f"/nodes/{call.node_name}", "Sys.Modify")
    if task is not None and task.running:
        power.kill(call.cluster, upid)
        return Late(None, KILL_SECONDS)
    return None


def _wellformed(call: Call) -> str:
    upid = call.path["upid"]
    if not _UPID.fullmatch(upid):
        raise bad(upid="unable to parse worker upid")
    return upid


def _found(call: Call) -> Task:
    task = call.cluster.tasks.by_upid.get(_wellformed(call))
    if task is None or task.node != call.node_name:
        raise bad(upid="no such task")
    return task


def _need_mine(call: Call, task: Task, privilege: str) -> None:
    if not task.visible_to(call.principal):
        call.need(f"/nodes/{call.node_name}", privilege)


_BASE = "/nodes/{node}/tasks"
_ONE = f"{_BASE}/{{upid}}"
_FILTERS = {
    "start": NUMBER,
    "limit": NUMBER,
    "userfilter": TEXT,
    "typefilter": TEXT,
    "vmid": Parameter(VMID.verify),
    "errors": FLAG,
    "source": Parameter(choice("archive", "active", "all")),
    "since": NUMBER,
    "until": NUMBER,
    "statusfilter": TEXT,
}

METHODS = (
    Method("GET", _BASE, _list, _FILTERS),
    index("GET", _ONE, "name", "log", "status"),
    Method("GET", f"{_ONE}/status", _status, protected=True),
    Method("GET", f"{_ONE}/log", _log, {"start": NUMBER, "limit": NUMBER}, protected=True),
    Method("DELETE", _ONE, _kill, protected=True),
)
