"""The life of an alert: confirmed, never resolved by the unknown, never doubled by a flap."""

from datetime import UTC, datetime, timedelta
from string import Formatter

import pytest
from msgspec.structs import replace

from noc_tui.alerts.evaluate import evaluate
from noc_tui.alerts.inputs import AlertInputs, ReplicationRun
from noc_tui.alerts.lifecycle import Advance, AlertMemory, advance, triage_order, wants_people
from noc_tui.alerts.rules import RULES
from noc_tui.labels.alerts import text_of
from noc_tui.paging.recipients import page_id
from storage.guest_counts import TenantBackups
from storage.inventory import Node, Source
from storage.oncall import Alert
from storage.outages import Outage
from storage.suspension import Suspension

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


def node(status: str, name: str = "pve1") -> Node:
    return Node("rennes", name, status, None, None, None, None, None, None, None, None)


def source(at: datetime, error: str | None = None) -> Source:
    failing = at if error else None
    return Source("rennes", "fast", at, at, failing, error, due_seconds=45)


class Looks:
    """Looks one after another, with what is stored between them."""

    def __init__(self) -> None:
        self.stored: dict[str, Alert] = {}
        self.memory = AlertMemory()
        self.now = NOW

    def look(self, view: AlertInputs) -> Advance:
        step = advance(self.stored, evaluate(view), self.memory, view.now)
        self.stored.update({alert.fingerprint: alert for alert in step.rows})
        return step

    def poll(self, status: str, error: str | None = None, minutes: float = 1) -> Advance:
        """A poll that sees the node so, or that fails."""
        self.now += timedelta(minutes=minutes)
        seen = source(self.now, error)
        return self.look(AlertInputs(now=self.now, sources=[seen], nodes=[node(status)]))

    @property
    def alert(self) -> Alert:
        return self.stored["node:node:rennes/pve1"]


def test_it_takes_consistent_observations_to_raise_and_to_resolve() -> None:
    looks = Looks()
    assert not looks.poll("offline").rows
    assert [alert.rule for alert in looks.poll("offline").raised] == ["node"]
    assert not looks.poll("online").rows
    assert not looks.poll("offline").raised
    assert not looks.poll("online").rows
    assert len(looks.poll("online").resolved) == 1
    assert looks.alert.state == "resolved"


def test_looking_twice_at_one_observation_counts_once() -> None:
    looks = Looks()
    view = AlertInputs(now=NOW, sources=[source(NOW)], nodes=[node("offline")])
    for _ in range(5):
        assert not looks.look(view).rows
    later = NOW + timedelta(seconds=10)
    view = AlertInputs(now=later, sources=[source(later)], nodes=[node("offline")])
    assert len(looks.look(view).raised) == 1


def test_the_unknown_resolves_nothing() -> None:
    looks = Looks()
    looks.poll("offline")
    looks.poll("offline")
    for _ in range(10):
        assert not looks.poll("online", error="timeout").resolved
        assert not looks.poll("unknown").resolved
    assert looks.alert.state == "open"


def test_a_flap_is_one_alert_and_keeps_its_acknowledgement() -> None:
    looks = Looks()
    looks.poll("offline")
    looks.poll("offline")
    looks.stored[looks.alert.fingerprint] = replace(
        looks.alert,
        acknowledged_at=NOW,
        acknowledged_by="omar",
        acknowledged_severity="critical",
    )
    for _ in range(2):
        looks.poll("online")
    for _ in range(2):
        step = looks.poll("offline")
    assert not step.raised
    assert (looks.alert.state, looks.alert.raised) == ("open", 2)
    assert not wants_people(looks.alert, looks.now)
    for _ in range(2):
        looks.poll("online")
    looks.poll("offline", minutes=60)
    assert len(looks.poll("offline").raised) == 1
    assert wants_people(looks.alert, looks.now)


def test_an_acknowledged_alert_comes_back_only_if_it_worsens() -> None:
    def case(day: int) -> AlertInputs:
        row = Suspension(
            "S-0001", "acme", "Acme", "spam", "in_force", False, NOW, NOW,
            NOW + timedelta(days=15), None, False, None, "{}",
        )  # fmt: skip
        return AlertInputs(now=NOW + timedelta(days=day), suspensions=[row])

    looks = Looks()
    assert not looks.look(case(11)).rows
    (raised,) = looks.look(case(12)).raised
    assert (raised.severity, raised.deadline) == ("warning", NOW + timedelta(days=15))
    looks.stored[raised.fingerprint] = replace(
        raised, acknowledged_at=NOW, acknowledged_by="omar", acknowledged_severity="warning"
    )
    assert not looks.look(case(14)).raised
    (worse,) = looks.look(case(15)).raised
    assert worse.severity == "critical"
    assert wants_people(worse, NOW + timedelta(days=15))


def test_a_snooze_that_ends_hands_the_alert_back_once_and_one_that_worsens_ends_it() -> None:
    looks = Looks()
    looks.poll("offline")
    looks.poll("offline")
    until = looks.now + timedelta(hours=1)
    taken = replace(
        looks.alert,
        acknowledged_at=looks.now,
        acknowledged_by="omar",
        acknowledged_severity="critical",
        snoozed_until=until,
    )
    before = page_id(taken, "duty", "open")
    looks.stored[taken.fingerprint] = taken
    assert not looks.poll("offline", minutes=59).rows
    (returned,) = looks.poll("offline", error="timeout").returned
    assert (returned.acknowledged_by, returned.snoozed_until) == ("", None)
    assert wants_people(returned, looks.now)
    assert page_id(returned, "duty", "open") != before
    assert not looks.poll("offline").rows

    worse = Looks()
    nearly = worse.look(AlertInputs(now=NOW, disk_percent=92)).raised[0]
    worse.stored[nearly.fingerprint] = replace(nearly, snoozed_until=NOW + timedelta(days=1))
    (full,) = worse.look(AlertInputs(now=NOW + timedelta(hours=1), disk_percent=98)).raised
    assert full.snoozed_until is None


def test_a_backup_nobody_can_see_does_not_clear_the_ones_that_are_missing() -> None:
    looks = Looks()
    raised = looks.look(AlertInputs(now=NOW, backups=[TenantBackups("acme", "missing", 3)])).raised
    assert [alert.fingerprint for alert in raised] == ["backup:tenant:acme"]
    assert not looks.look(AlertInputs(now=NOW, backups=[TenantBackups("acme", "unknown", 3)])).rows
    assert looks.look(AlertInputs(now=NOW, backups=[TenantBackups("acme", "fresh", 3)])).resolved


def test_triage_puts_first_what_nobody_has_and_what_is_worst() -> None:
    def made(name: str, **changes: object) -> Alert:
        base = Alert(
            name, "node", "warning", "", "", "", (), None, "open", NOW, 1, None, None, "", "",
            None, "", None,
        )  # fmt: skip
        return replace(base, **changes)

    alerts = [
        made("acked", severity="critical", acknowledged_at=NOW, acknowledged_severity="critical"),
        made("late", deadline=NOW + timedelta(hours=5)),
        made("soon", deadline=NOW + timedelta(hours=1)),
        made("snoozed", severity="critical", snoozed_until=NOW + timedelta(hours=1)),
        made("critical", severity="critical"),
        made("plain"),
    ]
    ordered = sorted(alerts, key=lambda alert: triage_order(alert, NOW))
    assert [alert.fingerprint for alert in ordered[:4]] == ["critical", "soon", "late", "plain"]


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_words_that_fit(rule: str) -> None:
    names = [name for _, name, *_ in Formatter().parse(RULES[rule].text) if name]
    text = text_of(rule, [f"{name}=[b]\x1b{name}" for name in names])
    assert "\x1b" not in text
    assert "{" not in text


def test_an_examination_raises_what_is_bad_once_whatever_its_figures() -> None:
    looks = Looks()
    for seconds in (31, 47):
        view = AlertInputs(
            now=NOW,
            examined=[
                ("rennes", "", "bad", f"this clock and that of pve1 are {seconds} s apart"),
                ("probes", "vantage", "warning", "no prober on another network"),
            ],
        )
        looks.look(view)
    (alert,) = looks.stored.values()
    assert (alert.rule, alert.state) == ("doctor", "open")
    assert "47 s apart" in text_of(alert.rule, alert.words)


def test_a_poller_that_is_stuck_is_told_though_nothing_failed() -> None:
    looks = Looks()
    raised: list[Alert] = []
    for minutes in range(6):
        now = NOW + timedelta(minutes=minutes)
        raised += looks.look(AlertInputs(now=now, sources=[source(NOW)])).raised
    assert [(alert.rule, alert.since) for alert in raised] == [("stuck", NOW)]
    after = NOW + timedelta(minutes=6)
    for seconds in (0, 10):
        at = after + timedelta(seconds=seconds)
        looks.look(AlertInputs(now=at, sources=[source(at)]))
    assert looks.stored["stuck:source:rennes/fast"].state == "resolved"


def test_planned_maintenance_raises_no_outage_and_clears_none() -> None:
    outage = Outage(1, "acme", 0, None, 0, None, "instances", (), "observed", None, 1, None)
    looks = Looks()
    planned = frozenset({"acme"})
    assert not looks.look(AlertInputs(now=NOW, outages=[outage], silenced=planned)).rows
    assert len(looks.look(AlertInputs(now=NOW, outages=[outage])).raised) == 1
    assert not looks.look(AlertInputs(now=NOW, outages=[], silenced=planned)).rows
    assert len(looks.look(AlertInputs(now=NOW)).resolved) == 1


def test_what_runs_out_worsens_and_is_not_resolved_by_an_examination_that_is_yet_to_come() -> None:
    looks = Looks()
    end = NOW + timedelta(days=30)

    def expiring(days: int, end: datetime = end) -> AlertInputs:
        return AlertInputs(now=NOW, expiring=[("rennes", "token", "noc@pve!read", end, days)])

    assert not looks.look(expiring(31)).raised
    (raised,) = looks.look(expiring(30)).raised
    assert (raised.severity, raised.deadline) == ("warning", end)
    looks.look(expiring(7))
    (alert,) = looks.stored.values()
    assert alert.severity == "critical"
    assert not looks.look(AlertInputs(now=NOW, unexamined=["rennes"])).resolved
    assert looks.look(expiring(365, NOW + timedelta(days=365))).resolved


def test_a_replication_that_fails_is_told_until_it_is_seen_to_work() -> None:
    looks = Looks()
    failing = ReplicationRun(
        job="rennes/115-0", guest="115", target="pve2", failures=1, error="no space \x1b[2Jleft"
    )
    (raised,) = looks.look(AlertInputs(now=NOW, replication=[failing])).raised
    assert raised.severity == "warning"
    text = text_of(raised.rule, raised.words)
    assert "115 to pve2" in text
    assert "\x1b" not in text
    for unknown in ("rennes/115-0", "rennes"):
        assert not looks.look(AlertInputs(now=NOW, unreplicated=[unknown])).resolved
    assert looks.look(AlertInputs(now=NOW, unreplicated=["nantes"])).resolved
