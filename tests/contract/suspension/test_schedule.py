"""Orders in time: never before their start, never against a condition, never outside a window."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from noc_tui.contract.payments.invoice import FRESH
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.maturity import matures_at
from noc_tui.contract.suspension.notice_facts import collect_notice_facts
from noc_tui.contract.suspension.reasons import Refused
from noc_tui.contract.suspension.schedule import (
    judge_start,
    newest_debt,
    planned_start,
)
from noc_tui.contract.suspension.values import (
    Case,
    ClientAnswer,
    Condition,
    DebtFacts,
    Schedule,
)
from tests.support.cases import LEA, NOW, OMAR, TERMS, filled, noticed, order, ready

DAY = timedelta(days=1)
START = NOW + 2 * DAY
LATE = timedelta(hours=TERMS.suspension.late_start_hours)
UNPAID = Condition(kind="unpaid")
TOO_LATE = Condition(kind="unanswered", by=START + DAY)
UNANSWERED = Condition(kind="unanswered", by=START - DAY)
moments = st.integers(-4 * 86_400, 4 * 86_400).map(lambda s: START + timedelta(seconds=s))


def planned(ground: str = "late-payment", **schedule: object) -> Case:
    """A case that omar may order for later: checked, approved, the client told."""
    case = filled(ground)
    plan = replace(case.plan, schedule=Schedule(start=START, **schedule))  # type: ignore[arg-type]  # its own fields
    case = apply_event(case, ev.Edited(at=NOW, by=OMAR, plan=plan), TERMS)
    case = apply_event(case, ev.Checked(at=NOW, by=OMAR), TERMS)
    case = apply_event(case, ev.Approved(at=NOW, by=LEA, seen=digest(case)), TERMS)
    return noticed(case)


def scheduled(ground: str = "late-payment", **schedule: object) -> Case:
    case = planned(ground, **schedule)
    return apply_event(case, order(case), TERMS)


def answer(at: datetime) -> ClientAnswer:
    return ClientAnswer(text="wait", received_at=at, by=OMAR, at=at)


def refused(case: Case, event: ev.Event) -> str:
    with pytest.raises(Refused) as caught:
        apply_event(case, event, TERMS)
    return str(caught.value)


def test_an_order_for_later_waits_and_is_released_at_its_time() -> None:
    case = scheduled()
    assert case.state == "scheduled"
    assert "has not come" in refused(case, ev.StartReleased(at=START - timedelta(seconds=1)))
    released = apply_event(case, ev.StartReleased(at=START, ran=(case.plan.guests[0].ref,)), TERMS)
    assert (released.state, released.begun_at) == ("ordered", START)
    assert released.ran == (case.plan.guests[0].ref,)


@pytest.mark.parametrize("delivery", ["queued", "refused", "unknown", "unsent"])
def test_a_measure_whose_prior_notice_did_not_leave_is_held(delivery: str) -> None:
    case = scheduled("charte-breach")
    assert judge_start(case, TERMS, DebtFacts(), START).kind == "due"
    unsent = replace(case, notice=replace(case.notice, delivery=delivery))
    verdict = judge_start(unsent, TERMS, DebtFacts(), START)
    assert (verdict.kind, verdict.why) == ("held", "notice")
    waived = replace(case, notice=replace(unsent.notice, mode="waived", reason="no address"))
    assert judge_start(waived, TERMS, DebtFacts(), START).kind == "due"


@given(
    now=moments,
    paid=st.sampled_from([None, True, False]),
    as_of=st.none() | moments,
    answered=st.none() | moments,
)
def test_whatever_is_known_an_order_is_due_only_where_it_may_be_carried_out(
    now: datetime, paid: bool | None, as_of: datetime | None, answered: datetime | None
) -> None:
    case = scheduled(conditions=(UNPAID, UNANSWERED))
    if answered is not None:
        case = replace(case, answers=(answer(answered),))
    verdict = judge_start(case, TERMS, DebtFacts(paid=paid, as_of=as_of), now)
    in_time = answered is not None and answered <= START - DAY
    assert (verdict.kind == "fell") == (bool(paid) or in_time)
    if verdict.kind == "due":
        assert START <= now <= START + LATE
        assert paid is False
        assert as_of is not None
        assert now - as_of <= FRESH
    if verdict.kind == "waits":
        assert now < START
    if verdict.kind == "held":
        assert now >= START
        assert verdict.why in ("late", "debt")


@pytest.mark.parametrize(("age", "kind"), [(FRESH, "due"), (FRESH * 1.001, "held")])
def test_no_order_rests_on_what_was_true_of_a_debt_a_day_ago(age: timedelta, kind: str) -> None:
    debt = DebtFacts(paid=False, as_of=START - age)
    assert judge_start(scheduled(conditions=(UNPAID,)), TERMS, debt, START).kind == kind


@given(one=st.tuples(st.booleans(), moments), other=st.tuples(st.booleans(), moments))
def test_what_is_known_of_a_debt_is_what_was_true_last(
    one: tuple[bool, datetime], other: tuple[bool, datetime]
) -> None:
    debts = [DebtFacts(paid=paid, as_of=at) for paid, at in (one, other)]
    found = newest_debt(*debts)
    assert found == newest_debt(*reversed(debts)) == newest_debt(found, DebtFacts())
    assert found.as_of == max(one[1], other[1])
    if one[1] == other[1]:
        assert found.paid == (one[0] or other[0])


def test_a_start_that_was_missed_is_made_up_for_and_not_for_ever() -> None:
    case = scheduled()
    assert judge_start(case, TERMS, DebtFacts(), START + LATE).kind == "due"
    late = judge_start(case, TERMS, DebtFacts(), START + LATE + timedelta(seconds=1))
    assert (late.kind, late.why) == ("held", "late")


def test_a_held_order_is_prepared_again() -> None:
    held = apply_event(scheduled(), ev.StartHeld(at=START, why="world"), TERMS)
    assert (held.state, held.ordered_by, held.ordered_at) == ("held", None, None)
    assert "does not allow" in refused(held, order(held, at=START))
    aside = ev.NoticeSetAside(at=START, by=OMAR, mode="waived", reason="known")
    assert apply_event(held, aside, TERMS).state == "held"
    checked = apply_event(held, ev.Checked(at=START, by=OMAR), TERMS)
    assert (checked.state, checked.hold) == ("notified", None)
    assert apply_event(held, ev.Cancelled(at=START, by=OMAR, reason="x"), TERMS).state == (
        "cancelled"
    )


def test_a_condition_that_fell_away_cancels_and_one_that_holds_does_not() -> None:
    case = scheduled(conditions=(UNPAID, UNANSWERED))
    fell = ev.ConditionFell(at=NOW, condition="unpaid")
    assert "still holds" in refused(case, fell)
    paid = DebtFacts(paid=True, as_of=NOW)
    gone = apply_event(case, replace_event(fell, paid), TERMS)
    assert (gone.state, gone.fell_away) == ("cancelled", "unpaid")
    late = replace(case, answers=(answer(START - DAY + timedelta(seconds=1)),))
    assert "still holds" in refused(late, ev.ConditionFell(at=NOW, condition="unanswered"))


def replace_event(event: ev.ConditionFell, debt: DebtFacts) -> ev.ConditionFell:
    return replace(event, debt=debt)


def test_an_order_is_refused_whose_condition_fell_away_before() -> None:
    case = planned(conditions=(UNPAID,))
    paid = DebtFacts(paid=True, as_of=NOW)
    assert "is paid" in refused(case, order(case, debt=paid))


def test_the_approved_digest_holds_start_conditions_and_reason() -> None:
    case = ready("late-payment")
    seen = {digest(case)}
    for schedule in (
        Schedule(start=START),
        Schedule(start=START + timedelta(minutes=1)),
        Schedule(start=START, conditions=(UNPAID,)),
        Schedule(start=START, conditions=(UNANSWERED,)),
        Schedule(start=START, short_notice="known"),
    ):
        seen.add(digest(replace(case, plan=replace(case.plan, schedule=schedule))))
    assert len(seen) == 6


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (Schedule(conditions=(UNANSWERED,)), "needs a planned start"),
        (Schedule(start=START, conditions=(TOO_LATE,)), "after"),
        (Schedule(start=START, conditions=(UNPAID,)), "only an order for late payment"),
    ],
)
def test_a_check_refuses_conditions_that_cannot_hold(schedule: Schedule, said: str) -> None:
    case = filled("charte-breach")
    plan = replace(case.plan, schedule=schedule)
    case = apply_event(case, ev.Edited(at=NOW, by=OMAR, plan=plan), TERMS)
    assert said in refused(case, ev.Checked(at=NOW, by=OMAR))


def test_a_start_is_planned_for_a_time_to_come() -> None:
    case = filled("charte-breach")
    plan = replace(case.plan, schedule=Schedule(start=NOW))
    assert "not in the future" in refused(case, ev.Edited(at=NOW, by=OMAR, plan=plan))


def test_who_orders_alone_orders_at_once() -> None:
    case = filled("service-threat", "tenant")
    plan = replace(case.plan, outage="all", schedule=Schedule(start=START))
    case = apply_event(case, ev.Edited(at=NOW, by=OMAR, plan=plan), TERMS)
    case = noticed(apply_event(case, ev.Checked(at=NOW, by=OMAR), TERMS))
    assert "alone" in refused(case, order(case, break_glass=True))


# -- maturity ----------------------------------------------------------------------------------


def without_reason(ground: str, **schedule: object) -> Case:
    case = filled(ground)
    plan = replace(case.plan, schedule=Schedule(**schedule))  # type: ignore[arg-type]  # its own fields
    return apply_event(case, ev.Edited(at=NOW, by=OMAR, plan=plan), TERMS)


def told(case: Case) -> Case:
    case = apply_event(case, ev.Checked(at=NOW, by=OMAR), TERMS)
    return noticed(apply_event(case, ev.Approved(at=NOW, by=LEA, seen=digest(case)), TERMS))


@pytest.mark.parametrize("ground", [row.id for row in TERMS.grounds if row.notice == "before"])
def test_a_notice_matures_before_the_order(ground: str) -> None:
    delay = TERMS.ground(ground).least_delay
    assert delay.hours == 24 or (delay.days == 8 and delay.since == "formal-notice")


def test_an_order_before_its_notice_has_matured_is_refused() -> None:
    case = told(without_reason("charte-breach"))
    matures = NOW + DAY
    assert matures_at(case, TERMS, NOW + 3 * DAY) == matures
    early = order(case, at=matures - timedelta(seconds=1))
    assert "notified earlier" in refused(case, early)
    again = apply_event(case, ev.Approved(at=NOW, by=LEA, seen=digest(case)), TERMS)
    assert apply_event(again, order(again, at=NOW + DAY), TERMS).state == "ordered"


def test_a_written_reason_shortens_the_notice_and_the_letter_says_so() -> None:
    case = told(without_reason("charte-breach", short_notice="it scans others"))
    assert apply_event(case, order(case), TERMS).state == "ordered"
    assert collect_notice_facts(case, TERMS, "before").term.short_notice == "it scans others"


def test_no_reason_shortens_the_formal_notice_of_a_debt() -> None:
    case = without_reason("late-payment", short_notice="they never pay", start=NOW + DAY)
    facts = {**case.facts, "formal_notice_at": "2026-03-09"}
    case = apply_event(case, ev.Edited(at=NOW, by=OMAR, facts=facts), TERMS)
    assert "notified earlier" in refused(case, ev.Checked(at=NOW, by=OMAR))
    aside = ev.NoticeSetAside(at=NOW, by=OMAR, mode="waived", reason="known")
    waived = apply_event(case, aside, TERMS)
    assert "notified earlier" in refused(waived, ev.Checked(at=NOW, by=OMAR))


def test_a_planned_start_before_maturity_is_refused_before_the_client_is_told_of_it() -> None:
    case = without_reason("charte-breach", start=NOW + DAY - timedelta(seconds=1))
    assert "notified earlier" in refused(case, ev.Checked(at=NOW, by=OMAR))
    fits = without_reason("charte-breach", start=NOW + DAY)
    assert apply_event(fits, ev.Checked(at=NOW, by=OMAR), TERMS).state == "checked"


def test_an_immediate_danger_needs_no_prior_notice() -> None:
    case = without_reason("risk-abnormal-fraud")
    cited = apply_event(case, ev.Edited(at=NOW, by=OMAR, cites=("service-threat",)), TERMS)
    assert matures_at(case, TERMS, NOW) == NOW + DAY
    assert matures_at(cited, TERMS, NOW) is None


# -- maintenance -------------------------------------------------------------------------------

OPENS = datetime(2026, 3, 12, 21, 0, tzinfo=UTC)
ENDS = datetime(2026, 3, 13, 1, 0, tzinfo=UTC)


def test_a_maintenance_starts_with_its_window_by_itself() -> None:
    case = ready("maintenance")
    assert planned_start(case) == OPENS
    assert apply_event(case, order(case), TERMS).state == "scheduled"


@given(seconds=st.integers(-6 * 86_400, 86_400))
def test_a_maintenance_is_carried_out_inside_its_window_alone(seconds: int) -> None:
    case, now = ready("maintenance"), ENDS + timedelta(seconds=seconds)
    if now <= NOW:
        return
    verdict = judge_start(case, TERMS, DebtFacts(), now)
    assert (verdict.kind == "due") == (OPENS <= now < ENDS)
    assert (verdict.why == "window") == (now >= ENDS)


@pytest.mark.parametrize("start", [OPENS - timedelta(minutes=1), ENDS])
def test_a_start_outside_the_window_is_refused(start: datetime) -> None:
    case = without_reason("maintenance", start=start)
    assert "outside the window" in refused(case, ev.Checked(at=NOW, by=OMAR))


def test_a_maintenance_is_not_ordered_after_its_window() -> None:
    case = ready("maintenance")
    assert "is over" in refused(case, order(case, at=ENDS))


# -- any order of events -----------------------------------------------------------------------


class InTime(RuleBasedStateMachine):
    """A planned order under any events: it is carried out at its time, with its conditions, or
    not at all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.case = scheduled(conditions=(UNPAID, UNANSWERED))
        self.now = NOW
        self.debt = DebtFacts()

    def tell(self, event: ev.Event) -> None:
        before = self.case
        try:
            self.case = apply_event(self.case, event, TERMS)
        except Refused:
            assert self.case is before

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(paid=st.booleans())
    def look_at_the_debt(self, paid: bool) -> None:
        self.debt = DebtFacts(paid=paid, as_of=self.now)
        self.tell(ev.DebtSeen(at=self.now, by=OMAR, debt=self.debt))

    @rule()
    def client_answers(self) -> None:
        self.tell(ev.ClientAnswered(at=self.now, by=OMAR, text="wait", received_at=self.now))

    @rule()
    def release(self) -> None:
        verdict = judge_start(self.case, TERMS, self.debt, self.now)
        waited = self.case.state == "scheduled"
        self.tell(ev.StartReleased(at=self.now, debt=self.debt))
        assert (self.case.state == "ordered") == (waited and verdict.kind == "due") or (not waited)

    @rule(condition=st.sampled_from(["unpaid", "unanswered"]))
    def fall(self, condition: str) -> None:
        event = ev.ConditionFell(at=self.now, condition=condition, debt=self.debt)  # type: ignore[arg-type]  # one of the two
        self.tell(event)

    @rule(cancelled=st.booleans())
    def hold_or_drop(self, cancelled: bool) -> None:
        if cancelled:
            self.tell(ev.Cancelled(at=self.now, by=OMAR, reason="x"))
        else:
            self.tell(ev.StartHeld(at=self.now, why="world"))

    @rule()
    def execution_began(self) -> None:
        self.tell(ev.ExecutionBegan(at=self.now))

    @invariant()
    def nothing_begins_before_its_time_or_against_a_condition(self) -> None:
        case = self.case
        if case.state not in ("ordered", "executing"):
            return
        assert case.released_at is not None
        assert START <= case.released_at <= START + LATE
        assert not any(
            one.received_at <= START - DAY and one.at <= case.released_at for one in case.answers
        )

    @invariant()
    def who_is_not_ordered_has_no_order(self) -> None:
        if self.case.state == "held":
            assert self.case.ordered_by is None
            assert self.case.hold is not None


TestInTime = InTime.TestCase
