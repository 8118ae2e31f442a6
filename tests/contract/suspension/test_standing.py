"""From order to closed: execution, drift, fifteen days, remedy, restoration, exclusion."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.clock import day_number, wall_clock_after
from noc_tui.contract.suspension.countdown import countdown
from noc_tui.contract.suspension.exclusion import suspended_span
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.reasons import Refused
from noc_tui.contract.suspension.values import Case, Drift, GuestId, Unproven
from tests.support.cases import ANSWERS, LEA, NOW, OMAR, TERMS, filled, ordered, suspended

FIRST, SECOND = GuestId(cluster="rennes", vmid=101), GuestId(cluster="rennes", vmid=102)
DRIFT = (Drift(guest=FIRST, what="running", seen_at=NOW),)


def passed(case: Case, days: float) -> Case:
    return apply_event(case, ev.TimePassed(at=NOW + timedelta(days=days)), TERMS)


def test_partial_success_is_a_state() -> None:
    case = apply_event(ordered(), ev.ExecutionBegan(at=NOW), TERMS)
    case = apply_event(
        case, ev.Executed(at=NOW, suspended=(FIRST,), failed=(SECOND,), started_at=NOW), TERMS
    )
    assert case.state == "partially-suspended"
    again = apply_event(case, ev.ReapplyOrdered(at=NOW, by=OMAR), TERMS)
    whole = apply_event(again, ev.Executed(at=NOW, suspended=(SECOND,), failed=()), TERMS)
    assert whole.state == "suspended"
    assert whole.started_at == NOW


def test_drift_comes_and_goes_without_losing_the_open_right() -> None:
    case = passed(suspended("late-payment", "tenant"), 16)
    assert case.state == "termination-open"
    drifting = apply_event(case, ev.DriftSeen(at=NOW, drift=DRIFT), TERMS)
    assert drifting.state == "drifting"
    assert apply_event(drifting, ev.DriftSeen(at=NOW, drift=()), TERMS).state == "termination-open"


def test_the_right_opens_strictly_after_fifteen_days_of_paris() -> None:
    case = suspended("late-payment", "tenant")
    # 10 March 10:00 in Paris is winter time, 25 March still is: exactly 15 times 24 hours.
    assert passed(case, 15).state == "suspended"
    over = apply_event(case, ev.TimePassed(at=NOW + timedelta(days=15, microseconds=1)), TERMS)
    assert over.state == "termination-open"


def test_the_wall_clock_rules_over_a_change_of_hour() -> None:
    start = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)  # 10:00 in Paris, winter
    assert wall_clock_after(start, 15) == datetime(2026, 4, 4, 8, 0, tzinfo=UTC)
    skipped = datetime(2026, 3, 14, 1, 30, tzinfo=UTC)  # 02:30, which 29 March does not have
    assert wall_clock_after(skipped, 15) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    twice = datetime(2026, 10, 10, 0, 30, tzinfo=UTC)  # 02:30, which 25 October has twice
    assert wall_clock_after(twice, 15) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(("hours", "day"), [(0, 1), (23.99, 1), (24, 2), (24 * 14, 15), (360, 16)])
def test_days_are_counted_from_one(hours: float, day: int) -> None:
    assert day_number(NOW, NOW + timedelta(hours=hours)) == day


@pytest.mark.parametrize(
    ("ground", "scope", "right"),
    [
        ("late-payment", "tenant", "settled"),
        ("charte-breach", "guests", "unsettled"),
        ("service-threat", "tenant", "unsettled"),
        ("regulation-breach-5-1", "tenant", "unsettled"),
        ("maintenance", "tenant", "not-proposed"),
        ("emergency", "tenant", "not-proposed"),
    ],
)
def test_the_right_is_unsettled_where_the_text_is(ground: str, scope: str, right: str) -> None:
    case = suspended(ground, "tenant" if scope == "tenant" else "guests")
    count = countdown(case, TERMS, NOW)
    assert count is not None
    assert (count.right, count.day, count.open) == (right, 1, False)
    state = passed(case, 16).state
    assert state == ("suspended" if right == "not-proposed" else "termination-open")


def test_an_authority_gives_its_own_delay() -> None:
    case = suspended("authority-request", "tenant")
    longer = msgspec.structs.replace(case, facts=ANSWERS | {"order_days": "30"})
    count = countdown(longer, TERMS, NOW + timedelta(days=16))
    assert count is not None
    assert (count.days, count.open) == (30, False)
    dated = msgspec.structs.replace(
        case, facts=ANSWERS | {"order_until": "2026-03-12T00:00:00+01:00"}
    )
    count = countdown(dated, TERMS, NOW + timedelta(days=2))
    assert count is not None
    assert (count.days, count.open) == (None, True)


def test_a_letter_only_once_the_right_is_open_and_by_a_lead() -> None:
    case = suspended("late-payment", "tenant")
    letter = ev.LetterSent(at=NOW, by=LEA, reference="RAR 1")
    with pytest.raises(Refused):
        apply_event(case, letter, TERMS)
    sent = apply_event(passed(case, 16), letter, TERMS)
    assert sent.letter is not None
    assert sent.state == "termination-open"


def test_remedy_stops_the_countdown_and_needs_a_finding() -> None:
    case = suspended("late-payment", "tenant")
    with pytest.raises(Refused, match="what was found"):
        apply_event(case, ev.Remedied(at=NOW, by=OMAR, found=""), TERMS)
    remedied = apply_event(case, ev.Remedied(at=NOW, by=OMAR, found="paid"), TERMS)
    assert passed(remedied, 20).state == "remedied"


def test_restoration_in_two_halves() -> None:
    case = suspended()
    with pytest.raises(Refused, match="remedied first"):
        apply_event(case, ev.RestoreOrdered(at=NOW, by=OMAR, found="clean"), TERMS)
    half = apply_event(
        case, ev.RestoreOrdered(at=NOW, by=OMAR, guests=(FIRST,), found="clean"), TERMS
    )
    half = apply_event(half, ev.Restored(at=NOW, restored=(FIRST,)), TERMS)
    assert half.state == "partially-restored"
    assert half.held == (SECOND,)
    rest = apply_event(half, ev.Remedied(at=NOW, by=OMAR, found="all clean"), TERMS)
    rest = apply_event(rest, ev.RestoreOrdered(at=NOW, by=OMAR), TERMS)
    assert rest.restoring == (SECOND,)
    failed = apply_event(rest, ev.Restored(at=NOW, restored=(), failed=(SECOND,)), TERMS)
    assert failed.state == "partially-restored"
    again = apply_event(failed, ev.RestoreOrdered(at=NOW, by=OMAR), TERMS)
    assert apply_event(again, ev.Restored(at=NOW, restored=(SECOND,)), TERMS).state == "closed"


def test_the_excluded_span_ends_with_the_remedy_not_with_the_lift() -> None:
    assert suspended_span(ordered(), TERMS) is None
    case = apply_event(
        suspended(), ev.Remedied(at=NOW + timedelta(hours=2), by=OMAR, found="x"), TERMS
    )
    case = apply_event(case, ev.RestoreOrdered(at=NOW, by=OMAR), TERMS)
    case = apply_event(
        case, ev.Restored(at=NOW + timedelta(hours=3), restored=(FIRST, SECOND)), TERMS
    )
    span = suspended_span(case, TERMS)
    assert span is not None
    assert (span.start, span.end) == (NOW, NOW + timedelta(hours=2))
    assert span.lifted_at == NOW + timedelta(hours=3)
    assert span.basis == "suspension"


def test_article_8_alone_excludes_as_not_attributable() -> None:
    span = suspended_span(suspended("service-threat"), TERMS)
    assert span is not None
    assert (span.basis, span.whole_tenant) == ("not_attributable", False)


def test_cancelling_needs_a_reason_and_comes_before_execution() -> None:
    with pytest.raises(Refused):
        apply_event(ordered(), ev.Cancelled(at=NOW, by=OMAR, reason=""), TERMS)
    assert (
        apply_event(filled(), ev.Cancelled(at=NOW, by=OMAR, reason="mistake"), TERMS).state
        == "cancelled"
    )
    with pytest.raises(Refused):
        apply_event(suspended(), ev.Cancelled(at=NOW, by=OMAR, reason="mistake"), TERMS)


@pytest.mark.parametrize("ground", ["emergency", "maintenance"])
def test_no_day_falls_due_where_no_right_is_proposed(ground: str) -> None:
    case = suspended(ground)
    for days in (0, 15, 40):
        count = countdown(case, TERMS, NOW + timedelta(days=days))
        assert count is not None
        assert (count.day, count.right) == (days + 1, "not-proposed")
        assert (count.days, count.deadline) == (None, None)
        assert (count.open, count.milestone) == (False, False)


def test_what_is_asked_or_only_configured_is_not_in_force() -> None:
    """Neither starts the fifteen days; what is known to work later does."""
    case = apply_event(ordered(), ev.ExecutionBegan(at=NOW), TERMS)
    doubt = Unproven(guest=FIRST, means="vm_cut_network", kind="configured", why="hostpci0")
    done = ev.Executed(at=NOW, suspended=(FIRST, SECOND), failed=(), unproven=(doubt,))
    case = apply_event(case, done, TERMS)
    assert (case.state, case.started_at) == ("configured", None)
    assert countdown(case, TERMS, NOW) is None
    assert suspended_span(case, TERMS) is None
    assert case.carried_out
    seen = ev.ProofSeen(at=NOW, started_at=NOW + timedelta(minutes=5))
    case = apply_event(case, seen, TERMS)
    assert (case.state, case.started_at) == ("suspended", NOW + timedelta(minutes=5))
