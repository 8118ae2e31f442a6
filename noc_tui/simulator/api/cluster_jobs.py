"""`/cluster/{backup,backup-info,replication}`: jobs, and what none of them covers."""

from noc_tui.simulator.backups import next_start
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.model.cluster import Replication
from noc_tui.simulator.routing import Method, index, needs


def _jobs(call: Call) -> Json:
    return [job | {"next-run": int(next_start(call.now))} for job in call.cluster.jobs]


def _not_backed_up(call: Call) -> Json:
    """Guests that no enabled job covers."""
    covered: set[int] = set()
    for job in call.cluster.jobs:
        if not job.get("enabled", 1):
            continue
        excluded = {int(one) for one in str(job.get("exclude", "")).split(",") if one}
        if job.get("all"):
            covered |= call.cluster.guests.keys() - excluded
        covered |= {int(one) for one in str(job.get("vmid", "")).split(",") if one}
    return [
        {"vmid": guest.vmid, "type": guest.kind, "name": guest.name}
        for guest in call.cluster.guests.values()
        if guest.vmid not in covered and not guest.template
    ]


def replication_facts(job: Replication) -> Row:
    """What is said of a replication job wherever one is told of."""
    return {
        "id": f"{job.guest}-{job.number}",
        "type": "local",
        "guest": job.guest,
        "jobnum": job.number,
        "target": job.target,
        "schedule": job.schedule,
    }


def _row(job: Replication) -> Row:
    row = replication_facts(job)
    if job.disabled:
        row["disable"] = 1
    return row | ({"comment": job.comment} if job.comment else {})


def _replication(call: Call) -> Json:
    return [
        _row(job) for job in call.cluster.replications if call.has(f"/vms/{job.guest}", "VM.Audit")
    ]


_AUDIT = needs("/", "Sys.Audit")

METHODS = (
    Method("GET", "/cluster/backup", _jobs, check=_AUDIT),
    index("GET", "/cluster/backup-info", "subdir", "not-backed-up"),
    Method(
        "GET",
        "/cluster/backup-info/not-backed-up",
        _not_backed_up,
        check=_AUDIT,
        protected=True,
    ),
    Method("GET", "/cluster/replication", _replication),
)
