"""What the overview draws as wrong is what alerts page for, and as bad as they say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from noc_tui.alerts.evaluate import evaluate
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.lifecycle import AlertMemory, advance
from noc_tui.config.values import Receiver
from noc_tui.paging.recipients import find_due_tellings
from noc_tui.problems import find_problems
from storage.guest_counts import GuestCount, TenantBackups, TroubledGuest
from storage.inventory import Cluster, Node, Source, Storage
from storage.oncall import Alert

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


def source(name: str = "fast", error: str | None = None, age: int = 0) -> Source:
    at = NOW - timedelta(seconds=age)
    return Source("rennes", name, at, NOW, NOW if error else None, error, due_seconds=45)


def storage(used: int, *missing: str) -> Storage:
    return Storage("rennes", "ceph", "", "rbd", "available", True, ("images",), missing, used, 100)


def guest(status: str) -> dict[str, Any]:
    return {
        "guests": [TroubledGuest("rennes", 101, "web", status, "acme")],
        "guest_counts": [GuestCount("rennes", status, 1)],
    }


def backup(state: str) -> dict[str, Any]:
    return {
        "backups": [TenantBackups("acme", state, 1)],
        "backup_counts": [("rennes", state, 1)],
    }


TROUBLED = {
    "guest in io-error": (guest("io-error"), "critical"),
    "guest in internal-error": (guest("internal-error"), "critical"),
    "guest panicked": (guest("guest-panicked"), "critical"),
    "guest paused": (guest("paused"), "warning"),
    "node offline": (
        {"nodes": [Node("rennes", "pve1", "offline", *(None,) * 8)]},
        "critical",
    ),
    "no quorum": ({"clusters": [Cluster("rennes", "dc1", "8.4", False)]}, "critical"),
    "storage filled to 90 %": ({"storages": [storage(90)]}, "warning"),
    "storage filled to 97 %": ({"storages": [storage(97)]}, "critical"),
    "storage missing on a node": ({"storages": [storage(1, "pve1")]}, "critical"),
    "storage of a node gone while the node is online": (
        {
            "storages": [
                Storage(
                    "rennes", "zfs", "pve3", "zfspool", "unknown", False, (), ("pve3",), None, None
                )
            ]
        },
        "critical",
    ),
    "node offline in maintenance": (
        {"nodes": [Node("rennes", "pve1", "offline", *(None,) * 8, "maintenance")]},
        "warning",
    ),
    "cluster unreachable": ({"sources": [source(error="timeout")]}, "critical"),
    "backup server unreachable": ({"sources": [source("pbs:dc2", "timeout")]}, "warning"),
    "cluster no longer read": ({"sources": [source(age=3600)]}, "critical"),
    "cluster abroad": ({"countries": {"dc1": "BE"}, "sites": {"rennes": "dc1"}}, "critical"),
    "backup missing": (backup("missing"), "warning"),
    "backup failed": (backup("failed"), "warning"),
    "backup too old": (backup("stale"), "warning"),
}
WELL: dict[str, dict[str, Any]] = {
    "guest running": {"guests": [], "guest_counts": [GuestCount("rennes", "running", 1)]},
    "node online": {"nodes": [Node("rennes", "pve1", "online", *(None,) * 8)]},
    "storage filled to 89 %": {"storages": [storage(89)]},
    "backup recent": backup("fresh"),
    "cluster read": {"sources": [source()]},
}


def alerts_of(rows: dict[str, Any]) -> list[Alert]:
    """The alerts that a few minutes of these rows raise."""
    memory, stored = AlertMemory(), dict[str, Alert]()
    for minute in range(4):
        now = NOW + timedelta(minutes=minute)
        seen = [] if "sources" in rows else [Source("rennes", "fast", now, now, None, None, 45)]
        inputs = AlertInputs(now=now, disk_percent=1, **{"sources": seen, **rows})
        if "sources" in rows and rows["sources"][0].error:
            tried = Source("rennes", rows["sources"][0].name, NOW, now, NOW, "timeout", 45)
            inputs = AlertInputs(now=now, disk_percent=1, sources=[tried])
        step = advance(stored, evaluate(inputs), memory, now)
        stored.update({alert.fingerprint: alert for alert in step.rows})
    return [alert for alert in stored.values() if alert.state == "open"]


@pytest.mark.parametrize("trouble", TROUBLED)
def test_each_trouble_is_a_problem_and_an_alert_that_pages_and_both_are_as_bad(
    trouble: str,
) -> None:
    rows, severity = TROUBLED[trouble]
    (problem,) = find_problems(AlertInputs(now=NOW, **rows), ())
    (alert,) = alerts_of(rows)
    assert (problem.rule, problem.severity) == (alert.rule, severity)
    assert alert.severity == severity
    receiver = Receiver(
        name="duty",
        kind="json",
        url="https://example.fr/page",
        severities=("critical",) if severity == "critical" else ("warning",),
    )
    told = find_due_tellings(
        [alert], [receiver], [], NOW + timedelta(minutes=4), timedelta(minutes=10)
    )
    assert told == [(alert, receiver)]


@pytest.mark.parametrize("rows", WELL)
def test_what_is_well_is_neither(rows: str) -> None:
    assert find_problems(AlertInputs(now=NOW, **WELL[rows]), ()) == []
    assert alerts_of({} if rows == "cluster read" else WELL[rows]) == []


def test_a_guest_in_trouble_that_nobody_sees_any_more_keeps_its_alert() -> None:
    def looks(status: str) -> AlertInputs:
        return AlertInputs(now=NOW, disk_percent=1, guests=guest(status)["guests"])

    memory, stored = AlertMemory(), dict[str, Alert]()
    raised = [advance(stored, evaluate(looks("io-error")), memory, NOW) for _ in range(2)]
    (alert,) = raised[-1].raised
    assert (alert.fingerprint, alert.tenant) == ("guest:guest:rennes/101", "acme")
    stored[alert.fingerprint] = alert
    for _ in range(3):
        assert not advance(stored, evaluate(looks("unknown")), memory, NOW).rows
    well = AlertInputs(now=NOW, disk_percent=1)
    seen = [advance(stored, evaluate(well), memory, NOW) for _ in range(2)]
    assert seen[-1].resolved
