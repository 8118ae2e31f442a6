"""A judgment learnt of while a case of late payment is open (R20)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.countdown import countdown
from noc_tui.contract.suspension.exclusion import suspended_span
from noc_tui.contract.suspension.insolvency import bars_debt
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.reasons import Refused
from noc_tui.contract.suspension.values import Case, Schedule
from tests.support.cases import (
    LEA,
    NOW,
    OMAR,
    TERMS,
    VERA,
    filled,
    noticed,
    order,
    ready,
    suspended,
)

LATER = NOW + timedelta(days=6)
FOUND = "a judgment of 12 March 2026"


def seen(case: Case, judgment: date | None, at: datetime = LATER) -> Case:
    event = ev.InsolvencySeen(at=at, by=OMAR, looked_on=at.date(), judgment=judgment, found=FOUND)
    return apply_event(case, event, TERMS)


def test_a_judgment_after_the_debt_ends_the_suspension_from_its_day() -> None:
    case = seen(suspended("late-payment", "tenant"), date(2026, 3, 12))
    midnight = datetime(2026, 3, 11, 23, 0, tzinfo=UTC)
    assert case.state == "remedied"
    assert case.remedy is not None
    assert (case.remedy.at, case.remedy.found) == (midnight, FOUND)
    span = suspended_span(case, TERMS)
    assert span is not None
    assert span.end == midnight
    count = countdown(case, TERMS, LATER + timedelta(days=30))
    assert count is not None
    assert not count.open


def test_a_judgment_from_before_the_suspension_ends_it_from_its_start() -> None:
    case = seen(suspended("late-payment", "tenant"), date(2026, 2, 1))
    assert case.remedy is not None
    assert case.remedy.at == case.started_at


def test_an_open_right_to_terminate_falls_away() -> None:
    late = NOW + timedelta(days=20)
    case = apply_event(suspended("late-payment", "tenant"), ev.TimePassed(at=late), TERMS)
    assert case.state == "termination-open"
    case = seen(case, date(2026, 3, 12), late)
    assert (case.state, case.termination_open_at) == ("remedied", None)


def test_a_later_debt_goes_on_and_nothing_found_is_a_fact() -> None:
    case = suspended("late-payment", "tenant")
    later = seen(case, date(2026, 1, 4))
    assert (later.state, bars_debt(later)) == ("suspended", False)
    nothing = seen(case, None)
    assert (nothing.state, nothing.fact("insolvency_judgment_on")) == ("suspended", "")
    assert nothing.fact("insolvency_check_on") == "2026-03-16"


def test_a_planned_order_is_held_and_can_not_be_prepared_again() -> None:
    case = filled("late-payment", "tenant")
    schedule = Schedule(start=NOW + timedelta(hours=4))
    event = ev.Edited(at=NOW, by=OMAR, plan=replace(case.plan, schedule=schedule))
    case = apply_event(apply_event(case, event, TERMS), ev.Checked(at=NOW, by=OMAR), TERMS)
    case = apply_event(case, ev.Approved(at=NOW, by=LEA, seen=digest(case)), TERMS)
    case = noticed(case)
    case = apply_event(case, order(case), TERMS)
    assert case.state == "scheduled"
    held = seen(case, date(2026, 3, 10), NOW + timedelta(hours=1))
    assert held.state == "held"
    assert held.hold is not None
    assert held.hold.why == "insolvency"
    with pytest.raises(Refused, match=r"L\. 622-13"):
        apply_event(held, ev.Checked(at=NOW + timedelta(hours=2), by=OMAR), TERMS)


@pytest.mark.parametrize(
    ("event", "ground", "says"),
    [
        (ev.InsolvencySeen(at=NOW, by=OMAR, looked_on=date(2026, 3, 11)), "late-payment", "future"),
        (
            ev.InsolvencySeen(
                at=NOW, by=OMAR, looked_on=date(2026, 3, 9), judgment=date(2026, 3, 10)
            ),
            "late-payment",
            "dated after",
        ),
        (ev.InsolvencySeen(at=NOW, by=VERA, looked_on=date(2026, 3, 9)), "late-payment", "role"),
        (
            ev.InsolvencySeen(at=NOW, by=OMAR, looked_on=date(2026, 3, 9)),
            "attack",
            "rests on a debt",
        ),
    ],
)
def test_what_cannot_be_is_refused(event: ev.InsolvencySeen, ground: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        apply_event(suspended(ground, "tenant"), event, TERMS)


def test_while_it_is_prepared_a_judgment_asks_for_another_approval() -> None:
    case = seen(ready("late-payment", "tenant"), date(2026, 3, 9), NOW)
    assert (case.state, case.approval) == ("draft", None)
