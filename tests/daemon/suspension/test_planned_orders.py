"""Orders in time: carried out at their time by the daemon's clock, cancelled by themselves, held
where the world is another one by then.
"""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from noc_tui.alerts.evaluate import evaluate
from noc_tui.clock import Clock
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import (
    Case,
    Condition,
    DebtFacts,
    OrderHold,
    Plan,
    Schedule,
)
from noc_tui.daemon.alerts.collect_inputs import InputCollector
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.suspension import planned_orders, store
from noc_tui.daemon.suspension.case_edits import refresh_plan
from noc_tui.daemon.suspension.guest_identities import add_identities
from noc_tui.daemon.suspension.planned_orders import PlannedOrders
from noc_tui.kept_words import read_words
from storage.evidence import Query, search
from storage.inventory import SOURCES
from storage.outbox import messages_about
from storage.restoration import HeldItems
from storage.restoration import Hold as RestoreHold
from storage.suspension import guests_of, scheduled_cases
from tests.daemon.suspension.lab import CLUSTER, Lab
from tests.support.cases import OMAR, TERMS

pytestmark = pytest.mark.anyio
SOON = timedelta(minutes=20)
LATER = SOON + timedelta(minutes=1)
VMID = 100
FAR = timedelta(days=3)


async def planned(
    lab: Lab,
    *kinds: str,
    ground: str = "charte-breach",
    wait: timedelta = FAR,
    vmids: tuple[int, ...] = (VMID,),
) -> Case:
    """An order that waits: told, approved where that is needed, ordered."""
    conditions = tuple(Condition(kind=kind) for kind in kinds)  # type: ignore[arg-type]  # the two there are
    schedule = Schedule(start=lab.now() + wait, conditions=conditions, short_notice="known")
    draft = await lab.draft(ground, vmids=vmids, schedule=schedule)
    plan = await refresh_plan(lab.context, draft, TERMS)
    edited = ev.Edited(at=lab.now(), by=OMAR, plan=plan)
    edited = await add_identities(edited, draft, lab.part.measures)
    case = await lab.ordered(await lab.tell(draft, edited))
    assert case.state == "scheduled"
    return case


def guests(case: Case) -> tuple[int, ...]:
    return tuple(row.ref.vmid for row in case.plan.guests)


async def due(lab: Lab, case: Case, past: timedelta = timedelta(seconds=1)) -> Case:
    """The case once its start was moved into the past, as if that time had come, and looked at."""
    start = lab.now() - past
    async with lab.context.writer.change(itself()) as change:
        schedule = replace(case.plan.schedule, start=start)
        moved = replace(case, plan=replace(case.plan, schedule=schedule))
        await change.record("suspension.test", [f"suspension:{case.id}"], {})
        await store.put(change, moved, TERMS)
    await lab.part.planned.look_at(case.id)
    return await lab.load(case)


async def purposes(lab: Lab, case: Case) -> list[str]:
    found = await messages_about(lab.context.writer, f"suspension:{case.id}")
    return [one.purpose for one in found]


async def rules(lab: Lab) -> set[str]:
    inputs = await InputCollector(lab.context).collect()
    return {one.rule for one in evaluate(inputs).violations}


async def test_an_order_is_carried_out_at_its_time_and_not_before(lab: Lab) -> None:
    case = await planned(lab, wait=SOON)
    before = lab.world(guests(case))
    start = case.plan.schedule.start
    assert start is not None
    assert [row.starts_at for row in await scheduled_cases(lab.context.writer)] == [start]
    lab.clock.leap(SOON)
    case = await lab.until(case, lambda now: now.state != "scheduled")
    assert case.released_at is not None
    assert start <= case.released_at
    case = await lab.state(case, "suspended")
    assert case.started_at is not None
    assert case.started_at >= start
    assert await scheduled_cases(lab.context.writer) == []
    await lab.restored(case)
    assert lab.world(guests(case)) == before
    assert await purposes(lab, case) == ["notice", "in-force", "restored"]


async def test_before_its_time_nothing_is_written(lab: Lab) -> None:
    case = await planned(lab)
    for _ in range(3):
        await lab.poll()
        await lab.part.planned.look()
    assert (await lab.load(case)).state == "scheduled"
    assert lab.writes == []


async def test_a_start_that_came_while_nocd_was_down_is_made_up_for(lab: Lab) -> None:
    case = await planned(lab, wait=SOON)
    await lab.stop()
    lab.clock.leap(LATER)
    assert (await lab.load(case)).state == "scheduled"
    await lab.restart()
    await lab.state(case, "suspended")


async def test_a_start_that_was_missed_by_too_much_is_held_and_alerted(lab: Lab) -> None:
    case = await due(lab, await planned(lab), timedelta(hours=13))
    assert case.state == "held"
    assert case.hold is not None
    assert case.hold.why == "late"
    assert lab.writes == []
    assert "order-held" in await rules(lab)


async def test_an_answer_in_time_cancels_the_order_and_the_client_is_told(lab: Lab) -> None:
    case = await planned(lab, "unanswered")
    at = lab.now()
    await lab.tell(case, ev.ClientAnswered(at=at, by=OMAR, text="it is mended", received_at=at))
    await lab.part.planned.look_at(case.id)
    case = await lab.load(case)
    assert (case.state, case.fell_away) == ("cancelled", "unanswered")
    assert await purposes(lab, case) == ["notice", "withdrawn"]
    assert "order-fell" in await rules(lab)
    assert lab.writes == []
    told = [one.kind for one in await search(lab.context.writer, Query(kind="suspension."))]
    assert "suspension.condition-fell" in told


async def test_a_payment_cancels_the_order(lab: Lab) -> None:
    case = await planned(lab, "unpaid", ground="late-payment")
    at = lab.now()
    debt = DebtFacts(paid=True, as_of=at)
    await lab.tell(case, ev.DebtSeen(at=at, by=OMAR, debt=debt))
    await lab.part.planned.look_at(case.id)
    assert (await lab.load(case)).fell_away == "unpaid"


async def test_what_another_book_knows_of_the_debt_counts_where_it_is_newer(lab: Lab) -> None:
    case = await planned(lab, "unpaid", ground="late-payment")

    class Accounts:
        async def debt_of(self, case: Case) -> DebtFacts:
            return DebtFacts(paid=True, as_of=lab.now())

    lab.part.planned.debts = (*lab.part.planned.debts, Accounts())
    await lab.part.planned.look()
    assert (await lab.load(case)).state == "cancelled"


async def test_nothing_recent_of_the_debt_holds_the_order(lab: Lab) -> None:
    case = await due(lab, await planned(lab, "unpaid", ground="late-payment"))
    assert case.hold == OrderHold(why="debt", at=case.hold.at if case.hold else lab.now())
    assert lab.writes == []


async def test_a_tenant_that_changed_holds_the_order(lab: Lab) -> None:
    """A guest that left the tenant's pool; the others are not suspended without it."""
    case = await planned(lab)
    vmid = guests(case)[0]
    lab.guest(vmid).pool = ""
    lab.cluster.touch()
    await lab.poll()
    case = await due(lab, case)
    assert case.state == "held"
    assert case.hold is not None
    assert case.hold.why == "world"
    assert lab.writes == []
    assert "order-held" in await rules(lab)


async def test_another_guest_with_the_same_number_holds_the_order(lab: Lab) -> None:
    case = await planned(lab)
    other = next(row for row in case.plan.guests if row.kind == "qemu")
    lab.guest(other.ref.vmid).config["smbios1"] = "uuid=00000000-0000-4000-8000-000000000000"
    lab.cluster.touch()
    case = await due(lab, case)
    assert case.state == "held"
    assert case.hold is not None
    assert str(other.ref) in case.hold.said


async def test_an_order_waits_for_a_cluster_that_is_out_of_reach_and_is_held_in_the_end(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits from its first look on: `nocd` may have been down until then."""
    case = await planned(lab)
    async with lab.context.writer.change(itself()) as change:
        rows = await SOURCES.read(change)
        await change.put(SOURCES, [replace(row, due_seconds=0.0) for row in rows])
    waits = await due(lab, case, timedelta(hours=2))
    assert waits.state == "scheduled"
    monkeypatch.setattr(planned_orders, "SIGHT_PATIENCE", timedelta(0))
    held = await due(lab, waits, timedelta(hours=2))
    assert held.state == "held"
    assert held.hold is not None
    assert held.hold.why == "unseen"


async def test_an_order_waits_while_the_case_is_held_since_a_restore(lab: Lab) -> None:
    case = await planned(lab)
    held = HeldItems(cases=(case.id,))
    lab.context.held.become(RestoreHold(1, lab.now(), "root", held))
    assert (await due(lab, case)).state == "scheduled"
    lab.context.held.become(None)
    await lab.part.planned.look()
    assert (await lab.load(case)).state != "scheduled"


async def test_an_order_waits_while_the_clock_is_in_doubt(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await planned(lab)
    trust = type(lab.context.trust)
    monkeypatch.setattr(trust, "unsettled", property(lambda _self: True))
    assert (await due(lab, case)).state == "scheduled"
    monkeypatch.setattr(trust, "unsettled", property(lambda _self: False))
    await lab.part.planned.look()
    await lab.state(case, "suspended")


async def test_dropping_a_case_tells_the_client_who_was_told_of_it(lab: Lab) -> None:
    case = await planned(lab)
    event = ev.Cancelled(at=lab.now(), by=OMAR, reason="another way was found")
    await lab.part.cases.apply_event(case.id, event, lab.part.notices.tell_withdrawn)
    assert await purposes(lab, case) == ["notice", "withdrawn"]
    draft = await lab.draft("charte-breach")
    await lab.part.cases.apply_event(draft.id, event, lab.part.notices.tell_withdrawn)
    assert await purposes(lab, draft) == []


async def test_a_notice_is_not_sent_for_a_start_that_it_comes_too_late_for(lab: Lab) -> None:
    start = lab.now() + timedelta(hours=25)
    draft = await lab.draft("charte-breach", schedule=Schedule(start=start))
    case = await lab.tell(draft, ev.Checked(at=lab.now(), by=OMAR))
    lab.clock.leap(timedelta(seconds=3700))
    with pytest.raises(Conflict, match="notified earlier"):
        await lab.part.notices.send(case.id, OMAR)
    assert await purposes(lab, case) == []


async def test_no_step_of_a_maintenance_begins_after_its_window(lab: Lab) -> None:
    """A guest whose lock goes too late is not stopped any more, and its row says why."""
    case = await lab.draft("maintenance", means=("vm_stop",), barred=False, vmids=(VMID,))
    ended = {**case.facts, "window_end": (lab.now() + timedelta(minutes=10)).isoformat()}
    case = await lab.tell(case, ev.Edited(at=lab.now(), by=OMAR, facts=ended))
    lab.guest(VMID).config["lock"] = "backup"
    lab.cluster.touch()
    case = await lab.ordered(case)
    lab.clock.leap(timedelta(minutes=11))
    for _look in range(5):  # what was begun before the window's end has been refused by now
        await lab.poll()
    assert lab.guest(VMID).running
    lab.guest(VMID).config.pop("lock")
    lab.cluster.touch()
    for _look in range(400):
        await lab.poll()
        (row,) = await guests_of(lab.context.writer, case.id)
        if row.state in ("applying-failed", "applying-partly", "suspended"):
            break
        await lab.context.clock.sleep(6)
    said = read_words(row.detail, "en")
    assert (row.state, said) == ("applying-failed", "the window of the maintenance is over")
    assert lab.guest(VMID).running


# -- killed at each boundary between the order and its beginning: what is committed is all there is


async def kinds(lab: Lab) -> list[str]:
    """The kinds of all entries on suspensions, newest first."""
    return [one.kind for one in await search(lab.context.writer, Query(kind="suspension."))]


async def test_killed_once_it_is_released_an_order_is_begun_by_the_next_life(lab: Lab) -> None:
    case = await planned(lab, wait=SOON)
    await lab.stop()
    lab.clock.leap(LATER)
    await lab.tell(case, ev.StartReleased(at=lab.now()))
    assert lab.writes == []
    await lab.restart()
    case = await lab.state(case, "suspended")
    before, told = list(lab.writes), await kinds(lab)
    await lab.restart()
    await lab.poll()
    assert (lab.writes, await kinds(lab)) == (before, told)
    assert told.count("suspension.start-released") == 1
    assert "suspension.executed" in told  # twice where the guest took longer than one waits to tell


async def test_killed_before_it_cancels_itself_it_is_cancelled_by_the_next_life(lab: Lab) -> None:
    case = await planned(lab, "unanswered", wait=SOON)
    await lab.stop()
    at = lab.now()
    await lab.tell(case, ev.ClientAnswered(at=at, by=OMAR, text="it is mended", received_at=at))
    lab.clock.leap(LATER)
    await lab.restart()
    case = await lab.state(case, "cancelled")
    await lab.restart()
    await lab.until(case, lambda _now: len(lab.mail.accepted) == 2)
    assert await purposes(lab, case) == ["notice", "withdrawn"]
    assert lab.writes == []


async def test_what_changes_between_the_look_and_the_commit_holds_the_order(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await planned(lab)
    looked = PlannedOrders._changed

    async def leaves_meanwhile(planned: PlannedOrders, case: Case, plan: Plan | None) -> object:
        found = await looked(planned, case, plan)
        lab.guest(VMID).pool = ""
        lab.cluster.touch()
        await lab.remember(await lab.context.gateways[CLUSTER].fast_poll())
        return found

    monkeypatch.setattr(PlannedOrders, "_changed", leaves_meanwhile)
    case = await due(lab, case)
    assert case.state == "held"
    assert lab.writes == []


async def test_the_clock_is_put_back_and_an_order_waits_for_its_time_again(lab: Lab) -> None:
    """A start is an instant: a clock that is put back before it makes it wait longer, not twice."""
    case = await planned(lab, wait=SOON)
    clock = lab.context.clock
    lab.context.clock = Behind(clock)
    lab.clock.leap(LATER)
    await lab.part.planned.look()
    assert (await lab.load(case)).state == "scheduled"
    lab.context.clock = clock
    await lab.part.planned.look()
    await lab.state(case, "suspended")


class Behind:
    """A clock that was put back by a day."""

    def __init__(self, true: Clock) -> None:
        self._true = true
        self.monotonic, self.sleep, self.during = true.monotonic, true.sleep, true.during

    def now(self) -> datetime:
        return self._true.now() - timedelta(days=1)
