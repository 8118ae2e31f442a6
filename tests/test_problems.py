"""What the overview calls wrong: the rules over rows, the worst first, nothing said twice."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from noc_tui.alerts.checks.storage_full import used_percent
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.problems import Problem, find_problems
from storage.guest_counts import GuestCount
from storage.inventory import Cluster, Source, Storage
from storage.oncall import Alert
from tests.console.estate import GIB, NOW, node, source


def problems(alerts: Sequence[Alert] = (), **rows: Any) -> list[Problem]:
    return find_problems(AlertInputs(now=NOW, **rows), alerts)


def severities(found: list[Problem]) -> list[str]:
    return [one.severity for one in found]


@pytest.mark.parametrize(
    ("age", "error", "severity"),
    [
        (4, None, []),
        (45, None, []),
        (46, None, ["unknown"]),
        (135, None, ["unknown"]),
        (136, None, ["critical"]),
        (4, "timed out", ["critical"]),
        (200, "timed out", ["critical"]),
    ],
)
def test_sources(age: float, error: str | None, severity: list[str]) -> None:
    assert severities(problems(sources=[source("rennes", "fast", age, error)])) == severity


def test_a_source_that_was_never_seen_is_not_well() -> None:
    never = Source("", "register", None, None, None, None, 45)
    (found,) = problems(sources=[never])
    assert (found.where, found.severity) == ("register", "unknown")


@pytest.mark.parametrize(
    ("quorate", "severity"), [(True, []), (False, ["critical"]), (None, ["unknown"])]
)
def test_quorum(quorate: bool | None, severity: list[str]) -> None:
    found = problems(clusters=[Cluster("rennes", "dc1", "8.4", quorate)], **IN_FRANCE)
    assert severities(found) == severity


IN_FRANCE: dict[str, Any] = {"countries": {"dc1": "FR"}, "sites": {"rennes": "dc1"}}


@pytest.mark.parametrize(
    ("status", "severity"),
    [("online", []), ("offline", ["critical"]), ("unknown", ["unknown"]), ("odd", ["unknown"])],
)
def test_nodes(status: str, severity: list[str]) -> None:
    assert severities(problems(nodes=[node("rennes", "pve1", status)])) == severity


def test_a_name_is_said_without_the_cluster_that_stands_beside_it() -> None:
    (found,) = problems(nodes=[node("rennes", "pve1", "offline")])
    assert (found.where, found.text) == ("rennes", "node pve1 is offline")


@pytest.mark.parametrize(
    ("status", "missing_on", "used", "severity"),
    [
        ("available", (), 899, []),
        ("available", (), 900, ["warning"]),
        ("available", (), 969, ["warning"]),
        ("available", (), 970, ["critical"]),
        ("available", (), None, []),
        ("available", ("pve2",), 10, ["critical"]),
        ("unknown", (), None, ["unknown"]),
        ("unknown", (), 999, ["unknown"]),
    ],
)
def test_storages(
    status: str, missing_on: tuple[str, ...], used: int | None, severity: list[str]
) -> None:
    assert severities(problems(storages=[storage(status, missing_on, used)])) == severity


def storage(status: str, missing_on: tuple[str, ...], used: int | None) -> Storage:
    total = None if used is None else 1000 * GIB
    return Storage(
        "rennes", "ceph", "", "rbd", status, True, ("images",), missing_on,
        None if used is None else used * GIB, total,
    )  # fmt: skip


def test_guests_are_counted_by_cluster() -> None:
    counts = [
        GuestCount("rennes", "running", 90),
        GuestCount("rennes", "io-error", 1),
        GuestCount("rennes", "paused", 2),
        GuestCount("nantes", "unknown", 4),
    ]
    found = problems(guest_counts=counts)
    assert [(one.key, one.severity) for one in found] == [
        ("guests:rennes", "critical"),
        ("unknown:nantes", "unknown"),
    ]
    assert "3" in found[0].text


@pytest.mark.parametrize(
    ("state", "severity"),
    [
        ("fresh", []), ("unverified", []), ("stale", ["warning"]), ("failed", ["warning"]),
        ("missing", ["warning"]), ("unknown", ["unknown"]),
    ],
)  # fmt: skip
def test_backups(state: str, severity: list[str]) -> None:
    assert severities(problems(backup_counts=[("rennes", state, 3)])) == severity


@pytest.mark.parametrize(
    ("countries", "severity"),
    [({"dc1": "FR"}, []), ({"dc1": "BE"}, ["critical"]), ({}, ["unknown"])],
)
def test_a_cluster_abroad_or_nowhere(countries: dict[str, str], severity: list[str]) -> None:
    assert severities(problems(countries=countries, sites={"x": "dc1"})) == severity


def alert(rule: str, severity: str = "critical", tenant: str = "acme") -> Alert:
    return Alert(
        f"{rule}/1", rule, severity, "nocd", f"tenant:{tenant}", tenant,
        ("name=Acme", "cause=probe"), None, "open", NOW - timedelta(minutes=3), 1, None, None, "",
        "", None, "", None,
    )  # fmt: skip


def test_alerts_add_what_is_not_found_here() -> None:
    found = problems([alert("outage"), alert("node"), alert("source"), alert("guest")])
    assert [(one.key, one.where, one.severity) for one in found] == [
        ("outage/1", "acme", "critical")
    ]


def test_a_backup_server_abroad_is_said_by_its_alert_for_no_row_has_its_site() -> None:
    abroad = replace(alert("abroad", tenant=""), scope="nocd", subject="site-of:pbs")
    assert [one.key for one in problems([abroad], **IN_FRANCE)] == ["abroad/1"]
    assert problems([replace(abroad, subject="site-of:rennes")], **IN_FRANCE) == []


def test_a_date_to_keep_in_mind_is_not_wrong() -> None:
    assert problems([alert("notice-due", "notice")]) == []


def test_a_severity_nobody_knows_is_not_lost() -> None:
    assert severities(problems([alert("outage", "dreadful")])) == ["warning"]


def test_the_worst_comes_first() -> None:
    ranks = [
        Problem(key="k", severity=severity, where="", text="").rank
        for severity in ("warning", "unknown", "critical")
    ]
    assert sorted(ranks) == ranks[::-1]


@pytest.mark.parametrize(
    ("used", "total", "share"),
    [
        (None, 10, None),
        (5, None, None),
        (5, 0, None),
        (899, 1000, 89),
        (1000, 1000, 100),
        (0, 9, 0),
    ],
)
def test_a_share_is_truncated_and_unknown_stays_unknown(
    used: int | None, total: int | None, share: int | None
) -> None:
    row = replace(storage("available", (), None), used=used, total=total)
    assert used_percent(row) == share
