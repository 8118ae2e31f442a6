"""What the overview calls wrong: pure findings over rows, the worst first, nothing said twice."""

from datetime import timedelta

import pytest

from noc_tui.views import problems
from noc_tui.views.problems import Problem
from storage.inventory import Cluster, Storage
from storage.oncall import Alert
from storage.register import Site
from storage.summaries import GuestCount
from tests.console.estate import GIB, NOW, node, source


def severities(found: list[Problem]) -> list[str]:
    return [one.severity for one in found]


@pytest.mark.parametrize(
    ("age", "error", "severity"),
    [(4, None, []), (45, None, []), (46, None, ["unknown"]), (4, "timed out", ["bad"])],
)
def test_sources(age: float, error: str | None, severity: list[str]) -> None:
    assert (
        severities(list(problems.sources([source("rennes", "fast", age, error)], NOW))) == severity
    )


def test_a_source_that_was_never_seen_is_not_well() -> None:
    never = source("", "register", 0).__class__("", "register", None, None, None, None, 45)
    (found,) = problems.sources([never], NOW)
    assert (found.where, found.severity) == ("register", "unknown")


@pytest.mark.parametrize(
    ("quorate", "severity"), [(True, []), (False, ["bad"]), (None, ["unknown"])]
)
def test_quorum(quorate: bool | None, severity: list[str]) -> None:
    found = list(problems.clusters([Cluster("rennes", "dc1", "8.4", quorate)]))
    assert severities(found) == severity


@pytest.mark.parametrize(
    ("status", "severity"),
    [("online", []), ("offline", ["bad"]), ("unknown", ["unknown"]), ("odd", ["unknown"])],
)
def test_nodes(status: str, severity: list[str]) -> None:
    assert severities(list(problems.nodes([node("rennes", "pve1", status)]))) == severity


@pytest.mark.parametrize(
    ("status", "missing_on", "used", "severity"),
    [
        ("available", (), 899, []),
        ("available", (), 900, ["warning"]),
        ("available", (), None, []),
        ("available", ("pve2",), 10, ["bad"]),
        ("unknown", (), None, ["unknown"]),
        ("unknown", (), 999, ["unknown"]),
    ],
)
def test_storages(
    status: str, missing_on: tuple[str, ...], used: int | None, severity: list[str]
) -> None:
    total = None if used is None else 1000 * GIB
    row = Storage(
        "rennes", "ceph", "", "rbd", status, True, ("images",), missing_on,
        None if used is None else used * GIB, total,
    )  # fmt: skip
    assert severities(list(problems.storages([row]))) == severity


def test_guests_are_counted_by_cluster() -> None:
    counts = [
        GuestCount("rennes", "running", 90),
        GuestCount("rennes", "io-error", 1),
        GuestCount("rennes", "paused", 2),
        GuestCount("nantes", "unknown", 4),
    ]
    found = list(problems.guests(counts))
    assert [(one.key, one.severity) for one in found] == [
        ("guests:rennes", "bad"),
        ("unknown:nantes", "unknown"),
    ]
    assert "3" in found[0].text


@pytest.mark.parametrize(
    ("state", "severity"),
    [
        ("fresh", []), ("unverified", []), ("stale", ["warning"]), ("failed", ["bad"]),
        ("missing", ["bad"]), ("unknown", ["unknown"]),
    ],
)  # fmt: skip
def test_backups(state: str, severity: list[str]) -> None:
    assert severities(list(problems.backups([("rennes", state, 3)]))) == severity


@pytest.mark.parametrize(
    ("sites", "severity"),
    [
        ([Site("dc1", "", "FR")], []),
        ([Site("dc1", "", "BE")], ["bad"]),
        ([], ["unknown"]),
    ],
)
def test_a_cluster_abroad_or_nowhere(sites: list[Site], severity: list[str]) -> None:
    assert severities(list(problems.sites(sites, [Cluster("x", "dc1", "8", True)]))) == severity


def alert(rule: str, severity: str = "critical", tenant: str = "acme") -> Alert:
    return Alert(
        f"{rule}/1", rule, severity, "nocd", f"tenant:{tenant}", tenant,
        ("name=Acme", "cause=probe"), None, "open", NOW - timedelta(minutes=3), 1, None, None, "",
        "", None, "", None,
    )  # fmt: skip


def test_alerts_add_what_is_not_found_here() -> None:
    found = list(problems.alerts([alert("outage"), alert("node"), alert("source")]))
    assert [(one.key, one.where, one.severity) for one in found] == [("outage/1", "acme", "bad")]


def test_a_date_to_keep_in_mind_is_not_wrong() -> None:
    assert list(problems.alerts([alert("notice-due", "notice")])) == []


def test_a_severity_nobody_knows_is_not_lost() -> None:
    assert severities(list(problems.alerts([alert("outage", "dreadful")]))) == ["warning"]


def test_the_worst_comes_first() -> None:
    ranks = [Problem("k", severity, "", "").rank for severity in ("warning", "unknown", "bad")]
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
    assert problems.percent(used, total) == share
