"""Every rule: raised, confirmed, not cleared by the unknown, not doubled by a flap, with words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from noc_tui import i18n
from noc_tui.alerts.checks import node_certificate
from noc_tui.alerts.evaluate import evaluate
from noc_tui.alerts.guest_names import list_few, name_guest
from noc_tui.alerts.inputs import AlertInputs, KeptDown, ReplicationRun
from noc_tui.alerts.lifecycle import Advance, AlertMemory, advance
from noc_tui.alerts.rules import RULES
from noc_tui.contract.breaches import NoticeDuty
from noc_tui.contract.life import Ending
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.labels.alerts import next_step, text_of
from noc_tui.views.backup_promises import GuestHoles
from noc_tui.views.debts import LaterDebt
from noc_tui.views.licences import LicenceInventory
from storage.authority import OrderRow
from storage.backup_nights import GuestCopies
from storage.cloud_edges import EdgeState
from storage.data_copies import DataCopy
from storage.datastores import Datastore
from storage.decisions import ProposedDecision
from storage.estate_facts import EstateFact
from storage.guest_counts import DoubtfulBackup, TenantBackups, TenantUse, TroubledGuest
from storage.intents import LeftTest
from storage.inventory import Cluster, Node, Source, Storage, Zone
from storage.legal_registers import Subprocessor
from storage.months import CreditRow, MonthFigure
from storage.oncall import Alert
from storage.outages import Exclusion, Outage
from storage.outbox import Message
from storage.register import TenantQuota
from storage.resources import GuestStrain
from storage.suspension import Suspension

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
Make = Callable[[datetime], AlertInputs]


@dataclass(frozen=True, slots=True)
class Case:
    """What raises a rule; what clears it; what tells nothing of it (None: it is a fact)."""

    bad: Make
    good: Make
    unknown: Make | None = None
    level: str = ""


def source(at: datetime, error: str | None = None) -> Source:
    return Source("rennes", "fast", at, at, at if error else None, error, due_seconds=45)


def omitting(at: datetime) -> Source:
    omitted = {"omitted_fields": 1, "omitted_rows": 2, "omitted": "qemu/101: maxmem"}
    return msgspec.structs.replace(source(at), **omitted)


def endpoints(at: datetime, error: str | None = None) -> Source:
    return Source("rennes", "endpoints", at, at, at if error else None, error, due_seconds=150)


BOOK = load_shipped_book()
KEPT_DOWN = KeptDown(cluster="rennes", service="vm:101", rule="keep-db", nodes=("pve1", "pve2"))


def view(**rows: Any) -> Make:
    """A look at a cluster that answers."""
    return lambda at: AlertInputs(now=at, **{"sources": [source(at)], "terms": BOOK, **rows})


def datastore(**changes: Any) -> Datastore:
    """A datastore whose upkeep went well an hour ago."""
    ok = {"collection": "ok", "collected_at": NOW, "verification": "ok", "verified_at": NOW}
    plain: dict[str, Any] = {"total": 100, "used": 10, **ok, **changes}
    return Datastore(
        server="pbs", datastore="backup", namespace="", site="dc2",
        collection_said="", verification_said="", **plain,
    )  # fmt: skip


def silent(**rows: Any) -> Make:
    """A look at a cluster that does not answer, whatever was stored of it before."""
    return lambda at: AlertInputs(now=at, sources=[source(at, "timeout")], **rows)


def fact(
    topic: str, state: str, *, node: str = "", said: str = "", at: datetime | None = None
) -> EstateFact:
    return EstateFact("rennes", node, topic, "one", state, said, at=at)


def facts(*found: EstateFact) -> Make:
    return view(facts=found, nodes=[node("online")])


def cluster(quorate: bool | None) -> Cluster:
    return Cluster("rennes", "dc1", "8.4", quorate)


def node(status: str, ha_state: str | None = None) -> Node:
    return Node("rennes", "pve1", status, *(None,) * 8, ha_state)


def storage(used: int, *missing: str, status: str = "available") -> Storage:
    return Storage("rennes", "ceph", "", "rbd", status, True, ("images",), missing, used, 100)


def suspension(days: int = 0, **changes: Any) -> Suspension:
    case = Suspension(
        "S-1", "acme", "Acme", "spam", "suspended", False, NOW, NOW - timedelta(days=days),
        NOW + timedelta(days=15 - days), None, False, None, "{}",
    )  # fmt: skip
    return msgspec.structs.replace(case, **changes)


def order(**changes: Any) -> OrderRow:
    row = OrderRow(
        id="A-0001", kind="civil", authority="Tribunal", reference="1", tenant="acme", state="open",
        received_at=NOW, due_at=None, review_due=None, silent_until=None, document="{}",
    )  # fmt: skip
    return msgspec.structs.replace(row, **changes)


def use(vcpus: int | None) -> TenantUse:
    return TenantUse("acme", 3, 3, 0, vcpus, 10, 10)


def guest(status: str) -> TroubledGuest:
    return TroubledGuest("rennes", 101, "web-1", status, "acme")


def run(failures: int) -> ReplicationRun:
    return ReplicationRun(
        job="rennes/115-0", guest="115", target="pve2", failures=failures, last_sync=NOW
    )


def figure(counted: int) -> MonthFigure:
    return MonthFigure("acme", "2026-03", 2_678_400_000_000, 0, 0, counted, 0, 0, 0, False, "")


OUTAGE = msgspec.structs.replace(
    Outage(1, "acme", 0, None, 0, None, "instances", (), "observed", None, 1, None), incident=4
)
CLAIM = CreditRow("acme", "2026-02", "1", 1, 1, "mail", "", None, None, "", "omar", 1, None)
REFUSED = Message(
    "<1@x>", "mail", "suspension:S-1", "notice", "a@acme.example.fr", "", "s", b"", 1, "omar",
    "refused", 3, None, "550 no such user", NOW, NOW,
)  # fmt: skip
QUOTAS = {"acme": TenantQuota("acme", 10, 100, 100, 100)}


def edge(state: str) -> EdgeState:
    target = "tcp://vpn.acme.example.fr:443"
    return EdgeState("acme", "vpn", target, state, NOW, NOW, 2, NOW, "timeout")


def inventory(uncovered: tuple[str, ...] = (), unread: tuple[str, ...] = ()) -> LicenceInventory:
    return LicenceInventory(
        tenant="acme", families=(), need=uncovered, uncovered=uncovered, unread=unread, idle=0,
        supplied=(),
    )  # fmt: skip


def strain(percent: int, minutes: int) -> GuestStrain:
    since = NOW - timedelta(hours=1)
    seen = since + timedelta(minutes=minutes)
    return GuestStrain("rennes", 101, "memory", "acme", "web-1", percent, 95, since, seen)


COPIES = GuestCopies("acme", "rennes", 101, "web-1", NOW, NOW, frozenset(), None)
SOON = NOW + timedelta(days=5)

HOUSING = Subprocessor(
    1, "Second site", "sub-processor", "housing", "FR", "backups", "", NOW.date(), None, None, "",
    "lea",
)  # fmt: skip
COPY = DataCopy(1, "acme", "requested", NOW, "Ms Roux", "mail", "")

LASTING = Exclusion(
    id=3, tenant="acme", start=0, end=None, basis="quota", reason="full", account="omar",
    at=1_000_000 * int(NOW.timestamp()), maintenance=None, contestable=False, evidence=1,
)  # fmt: skip
PROPOSED = ProposedDecision(
    id=2, tenant="acme", outage=None, start=0, end=1, basis="attack", party="", reason="DDoS",
    link="", grounds=("flow:1",), suspension="", contestable=False, needs=("closed",),
    account="omar", at=1, state="open", decided_at=None, decided_account="", decided_reason="",
    exclusion=None, evidence=1, decided_by=None,
)  # fmt: skip

NEVER_READ = Source("rennes", "fast", None, NOW, NOW, "timeout", due_seconds=45)

CASES = {
    "tenant-empty": Case(view(emptied=frozenset({"acme"})), view()),
    "pool-unknown": Case(
        view(pools_unknown=[("acme", "acmee")]),
        view(),
        lambda at: AlertInputs(now=at, sources=[NEVER_READ], pools_unknown=[("acme", "acmee")]),
    ),
    "pool-nested": Case(view(pools_nested=[(("rennes", "acme/prod"), "acme")]), view()),
    "pool-contested": Case(
        view(pools_contested=[(("rennes", "acme"), ("acme", "beta"))]), view()
    ),
    "exclusion-lasting": Case(view(lasting=[LASTING]), view()),
    "decision-waiting": Case(view(proposed=[PROPOSED]), view()),
    "attribution-reopened": Case(view(reopened=[("acme", 7)]), view()),
    "source": Case(silent(), view()),
    "database": Case(view(interrupted=("full", NOW)), view()),
    "service": Case(view(failing={"outbox": "ValueError: x"}), view()),
    "omitted": Case(
        lambda at: AlertInputs(now=at, sources=[omitting(at)]), view(), silent(),
    ),
    "endpoints": Case(
        lambda at: AlertInputs(now=at, sources=[source(at), endpoints(at, "1 of 2 answer")]),
        lambda at: AlertInputs(now=at, sources=[source(at), endpoints(at)]),
        lambda at: AlertInputs(now=at, sources=[source(at, "timeout"), endpoints(at)]),
    ),
    "stuck": Case(
        lambda at: AlertInputs(now=at, sources=[source(NOW - timedelta(hours=1))]), view()
    ),
    "quorum": Case(
        view(clusters=[cluster(False)]), view(clusters=[cluster(True)]),
        view(clusters=[cluster(None)]), "critical",
    ),
    "node": Case(
        view(nodes=[node("offline")]), view(nodes=[node("online")]), view(nodes=[node("unknown")]),
        "critical",
    ),
    "node-maintenance": Case(
        view(nodes=[node("online", "maintenance")]), view(nodes=[node("online")]),
        view(nodes=[node("unknown")]), "notice",
    ),
    "node-maintenance-offline": Case(
        view(nodes=[node("offline", "maintenance")]), view(nodes=[node("online", "online")]),
        view(nodes=[node("unknown")]), "warning",
    ),
    "storage-missing": Case(
        view(storages=[storage(1, "pve1")]), view(storages=[storage(1)]),
        view(storages=[storage(1, status="unknown")]), "critical",
    ),
    "storage-full": Case(
        view(storages=[storage(91)]), view(storages=[storage(80)]),
        view(storages=[storage(1, status="unknown")]), "warning",
    ),
    "guest": Case(
        view(guests=[guest("io-error")]), view(), view(guests=[guest("unknown")]), "critical",
    ),
    "outage": Case(
        view(outages=[OUTAGE]), view(), view(unmeasured=frozenset({"acme"})), "critical",
    ),
    "tipping": Case(
        view(figures=[figure(2_200_000_000)]),
        view(figures=[figure(0)]), None, "warning",
    ),
    "backup": Case(
        view(backups=[TenantBackups("acme", "stale", 2)]),
        view(backups=[TenantBackups("acme", "fresh", 2)]),
        view(backups=[TenantBackups("acme", "unknown", 2)]), "warning",
    ),
    "guest-resources": Case(
        view(strains=[strain(97, 20)]), view(), view(strains=[strain(97, 20)]), "warning",
    ),
    "edge": Case(
        view(edges=[edge("silent")]), view(edges=[edge("answers")]), view(edges=[edge("unknown")]),
        "critical",
    ),
    "licences": Case(
        view(licences=[inventory(uncovered=("rennes/101",))]), view(licences=[inventory()]),
        view(licences=[inventory(unread=("rennes/101",))]), "notice",
    ),
    "backup-doubtful": Case(
        view(doubtful=[DoubtfulBackup("acme", "rennes", 101, "web", "pbs", "owner other@pbs!b")]),
        view(backups=[TenantBackups("acme", "fresh", 2)]),
        view(backups=[TenantBackups("acme", "unknown", 2)]), "warning",
    ),
    "datastore-full": Case(
        view(datastores=[datastore(used=91)]),
        view(datastores=[datastore(used=89)]),
        view(datastores=[datastore(used=None)]), "warning",
    ),
    "datastore-collection": Case(
        view(datastores=[datastore(collection="failed")]),
        view(datastores=[datastore()]),
        view(datastores=[datastore(collection="unread", collected_at=None)]), "warning",
    ),
    "datastore-verification": Case(
        view(datastores=[datastore(verification="none", verified_at=None)]),
        view(datastores=[datastore()]),
        view(datastores=[datastore(verification="running", verified_at=None)]), "warning",
    ),
    "backup-nights": Case(
        view(holes=[GuestHoles("acme", "rennes/101", "web-1", (date(2026, 3, 7),))]), view(),
        view(unread=[COPIES]), "warning",
    ),
    "backup-unverified": Case(view(unverified=[COPIES]), view(), view(unread=[COPIES]), "notice"),
    "restore-left": Case(
        view(left_tests=[LeftTest("rennes", 190, "restore-test-101-20260309", NOW)]), view(), None,
        "notice",
    ),
    "restore-test": Case(
        view(restore_tests={"acme": NOW}), view(restore_tests={"acme": SOON}), None, "notice"
    ),
    "quota": Case(
        view(uses=[use(10)], quotas=QUOTAS), view(uses=[use(2)], quotas=QUOTAS),
        view(uses=[use(None)], quotas=QUOTAS), "notice",
    ),
    "notice-owed": Case(view(suspensions=[suspension(notice_owed=True)]), view(), None, "critical"),
    "order-moved": Case(
        view(suspensions=[suspension(state="checked", reorder_by=NOW + timedelta(hours=4))]),
        view(suspensions=[suspension(state="scheduled")]),
    ),
    "order-held": Case(view(suspensions=[suspension(state="held")]), view()),
    "order-fell": Case(view(fallen=[suspension(state="cancelled")]), view()),
    "review-owed": Case(view(suspensions=[suspension(review_due=SOON)]), view(), None, "critical"),
    "order-due": Case(
        view(orders=[order(due_at=NOW + timedelta(hours=1))]), view(), None, "critical"
    ),
    "order-review": Case(view(orders=[order(review_due=SOON)]), view(orders=[order()])),
    "suspension-day": Case(view(suspensions=[suspension(12)]), view(), None, "warning"),
    "suspension-remedied": Case(view(suspensions=[suspension(state="remedied")]), view()),
    "later-debt": Case(
        view(later_debts=[LaterDebt("acme", "S-1", ("F-2026-002", "F-2026-003"))]), view()
    ),
    "suspension-drift": Case(
        view(drifting=[("S-1", "acme", "rennes", 101)]), view(), silent(), "critical"
    ),
    "credit-claim": Case(view(claims=[CLAIM]), view(), None, "notice"),
    "credit-reopened": Case(
        view(claims=[msgspec.structs.replace(CLAIM, decided_by=9)]), view(claims=[CLAIM]), None
    ),
    "closed-month-differs": Case(
        view(closed_differing=[("acme", "2026-02")]), view(), None, "warning"
    ),
    "time-stamp": Case(view(unstamped="no answer"), view(), None, "warning"),
    "contract-notice": Case(view(notices={"acme": SOON}), view(), None, "notice"),
    "data-unconfirmed": Case(view(endings={"acme": Ending(None, None, False)}), view()),
    "copy-owed": Case(view(endings={"acme": Ending(None, SOON.date(), False)}), view()),
    "breach-notice": Case(
        view(breach_duties=[(1, NoticeDuty("authority", SOON, "33(1)", by_law=True))]), view(),
        None, "warning",
    ),
    "subprocessor-unannounced": Case(view(unannounced=[HOUSING]), view(), None, "notice"),
    "liability-cap": Case(view(caps={"acme": 80}), view(caps={"acme": 79}), None, "notice"),
    "copy-requested": Case(
        view(copies=[(COPY, NOW.date() - timedelta(days=1))]), view(), None, "critical"
    ),
    "abroad": Case(
        view(sites={"rennes": "dc1"}, countries={"dc1": "DE"}), view(), None, "critical"
    ),
    "mail": Case(view(mails=[REFUSED]), view(), None, "warning"),
    "ha-manager": Case(
        facts(fact("crm", "dead", node="pve1"), fact("ha-service", "started")),
        facts(fact("crm", "active", node="pve1"), fact("ha-service", "started")), None, "critical",
    ),
    "ha-rule": Case(
        view(kept_down=[KEPT_DOWN]), view(),
        None, "critical",
    ),
    "ceph": Case(
        facts(fact("ceph", "HEALTH_WARN", said="OSD_NEARFULL: 1 nearfull osd(s)")),
        facts(fact("ceph", "HEALTH_OK")), None, "warning",
    ),
    "node-zfs": Case(
        facts(fact("zfs", "DEGRADED", node="pve1")), facts(fact("zfs", "ONLINE", node="pve1")),
        None, "warning",
    ),
    "node-disk": Case(
        facts(fact("disk", "FAILED!", node="pve1", said="SAMSUNG")),
        facts(fact("disk", "PASSED", node="pve1")), None, "critical",
    ),
    "node-certificate": Case(
        facts(fact("certificate", "known", node="pve1", at=NOW + timedelta(days=5))),
        facts(fact("certificate", "known", node="pve1", at=NOW + timedelta(days=300))),
        None, "critical",
    ),
    "node-subscription": Case(
        facts(fact("subscription", "expired", node="pve1")),
        facts(fact("subscription", "notfound", node="pve1")), None, "notice",
    ),
    "sdn-zone": Case(
        view(zones=[Zone("rennes", "pve1", "zone", "public", "error")]),
        view(zones=[Zone("rennes", "pve1", "zone", "public", "available")]),
        None, "critical",
    ),
    "ha": Case(
        view(services=[("rennes", "vm:101", "error")]), view(), view(unwatched=["rennes"]),
        "critical",
    ),
    "ha-recovery": Case(
        view(services=[("rennes", "vm:101", "fence")]),
        view(services=[("rennes", "vm:101", "started")]), view(unwatched=["rennes"]), "notice",
    ),
    "replication": Case(
        view(replication=[run(2)]), view(replication=[run(0)]),
        view(unreplicated=["rennes"]), "warning",
    ),
    "doctor": Case(
        view(examined=[("rennes", "cluster.rennes.read_token_file", "bad", "no Sys.Audit")]),
        view(), view(unexamined=["rennes"]), "warning",
    ),
    "certificate": Case(
        view(expiring=[("rennes", "certificate", "pve1:8006", SOON, 20)]), view(),
        view(unexamined=["rennes"]), "warning",
    ),
    "token": Case(
        view(expiring=[("pbs", "token", "noc@pbs!read", SOON, 5)]), view(),
        view(unexamined=["pbs"]), "critical",
    ),
    "disk": Case(view(disk_percent=92), view(disk_percent=50), view(), "warning"),
    "chain": Case(view(verdict="forked"), view(), None, "critical"),
    "sealed-file": Case(view(sealed_verdict="truncated"), view(), None, "critical"),
    "clock": Case(view(clock_jump=86_400), view(), None, "critical"),
    "held": Case(view(held=3), view(), None, "critical"),
    "database-backup": Case(view(backup_overdue="2026-11-29"), view(), None, "warning"),
    "backup-unsent": Case(view(backup_unsent="rsync: 255"), view(), None, "warning"),
}  # fmt: skip


class Looks:
    """One look a minute, with what is stored between them."""

    def __init__(self) -> None:
        self.stored: dict[str, Alert] = {}
        self.memory = AlertMemory()
        self.now = NOW

    def look(self, make: Make) -> Advance:
        self.now += timedelta(minutes=1)
        seen = make(self.now)
        step = advance(self.stored, evaluate(seen), self.memory, seen.now)
        self.stored.update({alert.fingerprint: alert for alert in step.rows})
        return step

    def of(self, rule: str) -> Alert:
        return next(one for one in self.stored.values() if one.rule == rule)


def test_no_rule_is_left_out() -> None:
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_from_its_first_sight_to_its_end(rule: str) -> None:
    case, looks, times = CASES[rule], Looks(), RULES[rule].confirm
    for number in range(1, times + 1):
        raised = [one.rule for one in looks.look(case.bad).raised]
        assert (rule in raised) is (number == times)
    alert = looks.of(rule)
    assert alert.fingerprint.startswith(f"{rule}:")
    assert alert.severity == (case.level or RULES[rule].severity)
    assert NOW - timedelta(hours=1) <= alert.since <= looks.now
    for _ in range(4 if case.unknown else 0):
        assert rule not in {one.rule for one in looks.look(case.unknown or case.bad).resolved}
    for _ in range(3):
        for _ in range(times):
            looks.look(case.good)
        assert looks.of(rule).state == "resolved"
        again = [looks.look(case.bad) for _ in range(times)]
        assert rule not in {one.rule for step in again for one in step.raised}
        assert looks.of(rule).state == "open"
    assert len([one for one in looks.stored.values() if one.rule == rule]) == 1


@pytest.fixture
def english_again() -> Iterator[None]:
    yield
    i18n.use("en")


@pytest.mark.usefixtures("english_again")
@pytest.mark.parametrize("rule", CASES)
def test_a_rule_says_what_is_wrong_and_what_to_do_in_both_languages(rule: str) -> None:
    (found,) = [one for one in evaluate(CASES[rule].bad(NOW)).violations if one.rule == rule]
    said = {}
    for language in ("en", "fr"):
        i18n.use(language)
        said[language] = (text_of(rule, found.words), next_step(rule))
        assert all(said[language])
        assert "{" not in "".join(said[language])
    assert said["en"][0] != said["fr"][0]
    assert said["en"][1] != said["fr"][1]


@pytest.mark.parametrize(("briefly", "severity"), [(True, "warning"), (False, "critical")])
def test_a_brief_interruption_of_writing_wakes_nobody(briefly: bool, severity: str) -> None:
    looks = Looks()
    looks.look(view(interrupted=("busy", NOW), interrupted_briefly=briefly))
    assert looks.of("database").severity == severity


def test_no_rule_judges_by_terms_that_nobody_gave() -> None:
    without = view(uses=[use(10)], quotas=QUOTAS, terms=None)(NOW)
    with pytest.raises(LookupError, match="no terms"):
        evaluate(without)


def test_without_quorum_no_node_is_accused_that_this_part_does_not_see() -> None:
    found = evaluate(view(nodes=[node("offline")], clusters=[cluster(False)])(NOW))
    assert [one.rule for one in found.violations] == ["quorum"]
    assert "node:rennes/pve1" in found.unobserved


def test_what_has_an_incident_names_it() -> None:
    seen = view(
        nodes=[node("offline")], outages=[OUTAGE],
        clusters=[cluster(True), msgspec.structs.replace(cluster(False), name="nantes")],
        incidents={"node:rennes/pve1": 7, "quorum:nantes": 8},
    )(NOW)  # fmt: skip
    assert {one.rule: one.incident for one in evaluate(seen).violations} == {
        "quorum": 8, "node": 7, "outage": 4,
    }  # fmt: skip


def test_a_short_strain_is_no_alert_however_long_ago_it_was_seen() -> None:
    short = view(strains=[strain(97, 14)])(NOW)
    assert not [one for one in evaluate(short).violations if one.rule == "guest-resources"]


@pytest.mark.parametrize(
    ("state", "rules"),
    [("fence", ["ha-recovery"]), ("recovery", ["ha-recovery"]), ("error", ["ha"]), ("started", [])],
)
def test_ha_at_work_is_never_told_as_given_up(state: str, rules: list[str]) -> None:
    found = evaluate(view(services=[("rennes", "vm:101", state)])(NOW)).violations
    assert [one.rule for one in found] == rules


@pytest.mark.parametrize("service", ["vm:101", "ct:101"])
def test_a_guest_of_ha_is_named(service: str) -> None:
    seen = view(services=[("rennes", service, "error")], guest_names={("rennes", 101): "web-01"})
    (found,) = evaluate(seen(NOW)).violations
    assert "web-01 (rennes/101)" in text_of(found.rule, found.words)


def test_a_replicated_guest_is_named() -> None:
    seen = view(replication=[run(2)], guest_names={("rennes", 115): "web-01"})
    (found,) = evaluate(seen(NOW)).violations
    assert "web-01 (rennes/115)" in text_of(found.rule, found.words)


def test_a_certificate_that_an_endpoint_shows_is_told_once() -> None:
    end = NOW + timedelta(days=5)
    nodes = [fact("certificate", "known", node=name, at=end) for name in ("pve1", "pve2")]
    shown = [("rennes", "certificate", f"{one.node}:8006", end, 5) for one in nodes]
    both = msgspec.structs.replace(facts(*nodes)(NOW), expiring=shown)
    assert list(node_certificate.violations(both)) == []
    one = msgspec.structs.replace(facts(*nodes)(NOW), expiring=shown[:1])
    assert len(list(node_certificate.violations(one))) == 2, "whose is not an endpoint's is unknown"
    elsewhere = [("nantes", *rest) for _cluster, *rest in shown]
    other = msgspec.structs.replace(facts(*nodes)(NOW), expiring=elsewhere)
    assert len(list(node_certificate.violations(other))) == 2


def test_guests_are_named_alike_and_no_more_than_three() -> None:
    assert name_guest("web", "rennes/1") == "web (rennes/1)"
    assert name_guest(None, "rennes/1") == "rennes/1"
    assert list_few(["a", "b", "c"]) == "a, b, c"
    assert list_few(["a", "b", "c", "d", "e"]) == "a, b, c, +2"
