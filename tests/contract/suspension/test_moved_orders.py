"""An order that waits gets another start: judged like a plan, agreed to, told and given anew."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.maturity import matures_at
from noc_tui.contract.suspension.notice import order_problems as notice_problems
from noc_tui.contract.suspension.notice_facts import collect_notice_facts
from noc_tui.contract.suspension.reasons import Refused
from noc_tui.contract.suspension.schedule import is_to_be_ordered, planned_start
from noc_tui.contract.suspension.values import Case, Condition, Schedule
from noc_tui.i18n import Language
from noc_tui.letters.letter import LetterSender
from noc_tui.letters.suspension_notice import write_notice
from tests.support.cases import LEA, NOW, OMAR, TERMS, VERA, filled, noticed, order

DAY = timedelta(days=1)
START = NOW + 3 * DAY
LATER, SOONER = START + 2 * DAY, NOW + timedelta(hours=30)
NEXT = NOW + timedelta(hours=1)
SENDER = LetterSender(name="Exemple", contact="noc@example.fr", legal_name="Exemple SAS")


def scheduled(ground: str = "charte-breach", **schedule: object) -> Case:
    case = filled(ground)
    plan = replace(case.plan, schedule=Schedule(start=START, **schedule))  # type: ignore[arg-type]  # its own fields
    case = apply_event(case, ev.Edited(at=NOW, by=OMAR, plan=plan), TERMS)
    case = apply_event(case, ev.Checked(at=NOW, by=OMAR), TERMS)
    case = apply_event(case, ev.Approved(at=NOW, by=LEA, seen=digest(case)), TERMS)
    case = noticed(case)
    case = apply_event(case, order(case), TERMS)
    assert case.state == "scheduled"
    return case


def move(start: datetime = LATER, **changes: object) -> ev.OrderMoved:
    fields: dict[str, object] = {"at": NEXT, "by": OMAR, "start": start, "reason": "on holiday"}
    return ev.OrderMoved(**(fields | changes))  # type: ignore[arg-type]  # a test's own keywords


def refused(case: Case, event: ev.Event) -> str:
    with pytest.raises(Refused) as caught:
        apply_event(case, event, TERMS)
    return str(caught.value)


def told_anew(case: Case, at: datetime = NEXT) -> Case:
    case = apply_event(case, ev.Approved(at=at, by=LEA, seen=digest(case)), TERMS)
    case = apply_event(case, ev.NoticeQueued(at=at, by=OMAR, message_id="<2@example.fr>"), TERMS)
    done = ev.NoticeDelivered(at=at, delivery="accepted", message_id="<2@example.fr>")
    return apply_event(case, done, TERMS)


def test_a_moved_order_is_none_until_it_is_agreed_to_told_and_given_anew() -> None:
    before = scheduled()
    case = apply_event(before, move(), TERMS)
    assert (case.state, planned_start(case), case.approval, case.ordered_by) == (
        "checked", LATER, None, None,
    )  # fmt: skip
    assert is_to_be_ordered(case)
    assert case.moved is not None
    assert (case.moved.announced, case.moved.told_at, case.moved.reason) == (
        START, NOW, "on holiday",
    )  # fmt: skip
    assert notice_problems(case, TERMS) != []
    with pytest.raises(Refused):
        apply_event(case, order(case, at=NEXT), TERMS)
    told = told_anew(case)
    again = apply_event(told, order(told, at=NEXT), TERMS)
    assert (again.state, is_to_be_ordered(again)) == ("scheduled", False)
    with pytest.raises(Refused):
        apply_event(again, ev.StartReleased(at=START), TERMS)
    assert apply_event(again, ev.StartReleased(at=LATER), TERMS).state == "ordered"


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (move(reason=" "), "reason"),
        (move(START), "this start already"),
        (move(NOW), "not in the future"),
        (move(by=VERA), "role"),
        (move(window_end=LATER + DAY), "only a maintenance"),
    ],
)
def test_what_may_not_be_leaves_the_order_as_it_stands(event: ev.OrderMoved, why: str) -> None:
    case = scheduled()
    assert why in refused(case, event)


def test_a_start_that_was_brought_forward_matures_from_its_own_notice() -> None:
    case = scheduled()
    soon = NEXT + timedelta(hours=23)
    assert "notified earlier" in refused(case, move(soon))
    shortened = apply_event(case, move(soon, short_notice="the flood grows"), TERMS)
    assert shortened.plan.schedule.short_notice == "the flood grows"
    moved = apply_event(case, move(SOONER), TERMS)
    late = told_anew(moved, SOONER - timedelta(hours=23))
    with pytest.raises(Refused, match="notified earlier"):
        apply_event(late, order(late, at=SOONER - timedelta(hours=22)), TERMS)


def test_a_start_that_was_put_off_was_told_with_the_first_notice() -> None:
    case = apply_event(scheduled(), move(), TERMS)
    told = told_anew(case, LATER - timedelta(hours=2))
    assert matures_at(told, TERMS, NEXT) == NOW + DAY
    ordered = apply_event(told, order(told, at=LATER - timedelta(hours=1)), TERMS)
    assert ordered.state == "scheduled"
    harder = replace(told, plan=replace(told.plan, means=("vm_cut_network", "vm_stop")))
    matured = matures_at(harder, TERMS, NEXT)
    assert matured is not None
    assert matured > NOW + DAY


def test_a_client_that_was_not_told_of_a_move_is_told_of_the_first_start() -> None:
    case = apply_event(scheduled(), move(), TERMS)
    waived = ev.NoticeSetAside(at=NEXT, by=OMAR, mode="waived", reason="no mail server")
    case = apply_event(case, waived, TERMS)
    case = apply_event(case, ev.Approved(at=NEXT, by=LEA, seen=digest(case)), TERMS)
    case = apply_event(case, order(case, at=NEXT), TERMS)
    again = apply_event(case, move(LATER + DAY), TERMS)
    assert again.moved is not None
    assert (again.moved.announced, again.moved.told_at) == (START, NOW)


def test_conditions_that_would_end_after_the_new_start_end_with_it() -> None:
    by = START - timedelta(hours=1)
    case = scheduled(conditions=(Condition(kind="unanswered", by=by),))
    (kept,) = apply_event(case, move(), TERMS).plan.schedule.conditions
    assert kept.by == by
    (cut,) = apply_event(case, move(SOONER), TERMS).plan.schedule.conditions
    assert cut.by is None


def maintenance() -> Case:
    case = filled("maintenance")
    window = {"window_start": START.isoformat(), "window_end": (START + DAY).isoformat()}
    edit = ev.Edited(at=NOW, by=OMAR, facts={**case.facts, **window})
    case = apply_event(case, edit, TERMS)
    case = apply_event(case, ev.Checked(at=NOW, by=OMAR), TERMS)
    case = noticed(case)
    return apply_event(case, order(case), TERMS)


def test_a_maintenance_stays_in_its_window_or_moves_with_it() -> None:
    case = maintenance()
    assert "window" in refused(case, move(START + 2 * DAY))
    inside = apply_event(case, move(START + timedelta(hours=2)), TERMS)
    assert planned_start(inside) == START + timedelta(hours=2)
    assert "window" in refused(case, move(LATER, window_end=LATER))
    moved = apply_event(case, move(LATER, window_end=LATER + timedelta(hours=4)), TERMS)
    assert planned_start(moved) == LATER
    assert moved.fact("window_end") == (LATER + timedelta(hours=4)).isoformat()
    assert moved.fact("announced_at") == NEXT.isoformat()


def test_words_that_were_written_for_the_old_date_are_not_sent_for_the_new_one() -> None:
    case = scheduled()
    text = replace(case.notice.text, body="On Friday")
    written = replace(case, notice=replace(case.notice, text=text, drawn=case.notice.text))
    written = replace(written, notice=replace(written.notice, digest=digest(written)))
    assert written.notice.edited
    assert not apply_event(written, move(), TERMS).notice.edited


@pytest.mark.parametrize(
    ("start", "language", "words"),
    [
        (LATER, "en", "It is put off until"),
        (SOONER, "en", "It is brought forward to"),
        (LATER, "fr", "Elle est reportée au"),
        (SOONER, "fr", "Elle est avancée au"),
    ],
)
def test_the_letter_says_both_dates(start: datetime, language: Language, words: str) -> None:
    case = apply_event(scheduled(), move(start), TERMS)
    facts = collect_notice_facts(case, TERMS, "before")
    assert facts.term.announced == START
    body = write_notice(facts, SENDER, language, "").body
    assert words in body
    at = collect_notice_facts(case, TERMS, "at")
    assert words not in write_notice(at, SENDER, language, "").body


@given(st.integers(-3 * 86_400, 10 * 86_400), st.integers(0, 2 * 86_400))
def test_no_move_makes_an_order_that_runs_before_it_is_given_anew(away: int, after: int) -> None:
    case = scheduled()
    event = move(START + timedelta(seconds=away), at=NOW + timedelta(seconds=after))
    try:
        moved = apply_event(case, event, TERMS)
    except Refused:
        return
    assert moved.state in ("draft", "checked", "notice-waived")
    assert moved.ordered_at is None
    start = planned_start(moved)
    assert start is not None
    assert start > event.at
    with pytest.raises(Refused):
        apply_event(moved, ev.StartReleased(at=start), TERMS)
