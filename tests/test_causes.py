"""A lost node explains its guests, its HA actions and its tenants; no quorum explains the nodes."""

from datetime import timedelta

from msgspec.structs import replace

from noc_tui.cause_words import word_guests, word_hit, word_problem
from noc_tui.causes import GuestsHit, Loss, PlacedGuest, group_causes
from noc_tui.i18n import use
from noc_tui.problems import Problem
from noc_tui.ref import Ref
from noc_tui.views.tenant_now import TenantNow
from storage.guests import Guest
from storage.outages import Outage
from storage.times import micros
from tests.console.estate import NOW
from tests.support.guests import stored_guest

SINCE = NOW - timedelta(minutes=8)


def problem(rule: str, ref: str, severity: str = "critical", text: str = "so") -> Problem:
    subject = Ref.parse(ref)
    return Problem(
        key=f"{rule}:{ref}", severity=severity, where=subject.first, text=text, rule=rule,
        subject=subject,
    )  # fmt: skip


NODE = problem("node", "node:rennes/pve3", text="node pve3 is offline")
OUT = problem("outage", "tenant:acme")
OTHER_OUT = problem("outage", "tenant:far")
FENCE = problem("ha", "ha:rennes/vm:101")
UNSEEN = problem("guest", "unknown:rennes", "unknown")
FULL = problem("storage-full", "storage:rennes/ceph", "warning")
QUORUM = problem("quorum", "cluster:rennes")


def placed(tenant: str, vmid: int, guest: Guest | None) -> PlacedGuest:
    return PlacedGuest(tenant, "rennes", vmid, guest)


def seen(vmid: int, status: str, ha: str | None = None) -> Guest:
    return stored_guest(vmid, status=status, ha_state=ha)


GUESTS = (
    placed("acme", 101, seen(101, "unknown", "started")),
    placed("acme", 102, seen(102, "unknown")),
    placed("globex", 103, seen(103, "running", "started")),
    placed("globex", 104, None),
)
LOSS = Loss("node:rennes/pve3", SINCE, GUESTS)
OUTAGE = Outage(1, "acme", micros(SINCE), None, 0, None, "instances", (), "observed", None, 1, None)
HOLDS = {"acme": TenantNow(outage=OUTAGE)}
NAMES = {"acme": "Acme SARL"}


def test_a_lost_node_is_one_cause_with_all_that_follows() -> None:
    found = group_causes([FULL, FENCE, UNSEEN, OUT, NODE, OTHER_OUT], [LOSS], (), NAMES, HOLDS)
    assert [one.problem for one in found] == [NODE, OTHER_OUT, FULL]
    cause = found[0]
    assert set(cause.explained) == {FENCE, UNSEEN, OUT}
    assert cause.since == SINCE
    assert cause.guests == GuestsHit(there=4, running=1, restarting=1, without_ha=2)
    assert [(hit.name, hit.there, hit.down, hit.now.is_out) for hit in cause.tenants] == [
        ("Acme SARL", 2, 2, True),
        ("globex", 2, 1, False),
    ]


def test_no_quorum_explains_the_nodes() -> None:
    loss = Loss("cluster:rennes", SINCE, GUESTS)
    found = group_causes([NODE, QUORUM, FULL], [loss], (), {}, {})
    assert [one.problem for one in found] == [QUORUM, FULL]
    assert found[0].explained == (NODE,)


def test_a_tenant_that_runs_again_is_explained_by_no_node() -> None:
    again = Loss("node:rennes/pve3", SINCE, (placed("acme", 101, seen(101, "running")),))
    found = group_causes([NODE, OUT], [again], (), {}, HOLDS)
    assert [one.problem for one in found] == [OUT, NODE], "its outage has another cause"


def test_the_words_of_a_cause() -> None:
    use("en")
    (cause,) = group_causes([NODE, OUT], [LOSS], (), NAMES, HOLDS)
    assert word_problem(cause.problem) == "✖ node pve3 is offline · rennes"
    assert cause.guests is not None
    assert word_guests(cause.guests) == (
        "4 guests were there: 1 runs again · 1 restarting · 2 not under HA"
    )
    out, weakened = cause.tenants
    assert word_hit(out, NOW) == "✖ OUT 8 min · Acme SARL · 2 of 2 hit still down"
    assert word_hit(weakened, NOW) == "▲ globex · answers, 1 of 2 hit still down"


def test_what_was_so_before_the_loss_does_not_follow_from_it() -> None:
    before = replace(FENCE, key="older", since=SINCE - timedelta(hours=3))
    after = replace(FENCE, since=SINCE + timedelta(seconds=40))
    found = group_causes([before, after, NODE], [LOSS], (), NAMES, HOLDS)
    assert [(one.problem, one.explained) for one in found] == [(NODE, (after,)), (before, ())]


def test_without_quorum_all_that_the_cluster_does_follows() -> None:
    loss = Loss("cluster:rennes", SINCE, ())
    manager = problem("ha-manager", "ha-manager:rennes/lrm/pve1")
    elsewhere = problem("ha", "ha:nantes/vm:7")
    found = group_causes([manager, FENCE, FULL, QUORUM, elsewhere], [loss], (), {}, {})
    assert found[0].problem == QUORUM
    assert set(found[0].explained) == {manager, FENCE}
    assert {one.problem for one in found[1:]} == {FULL, elsewhere}


def test_what_stands_on_a_lost_node_follows_from_its_loss() -> None:
    here = problem("sdn-zone", "zone:rennes/pve3/public")
    local = problem("storage-missing", "storage:rennes/pve3/local", "unknown")
    shared = problem("storage-full", "storage:rennes/pve3")
    there = problem("sdn-zone", "zone:rennes/pve4/public")
    found = group_causes([here, local, shared, there, NODE], [LOSS], (), NAMES, HOLDS)
    assert (found[0].problem, set(found[0].explained)) == (NODE, {here, local})
    assert {one.problem for one in found[1:]} == {there, shared}
