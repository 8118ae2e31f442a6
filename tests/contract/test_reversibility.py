"""The copy of art. 16.2: its steps, by when it is due, and what bars deletion."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.life import Ending, find_ending
from noc_tui.contract.reversibility import (
    CopyDue,
    CopyState,
    CopyStep,
    CopyStepError,
    DeletionBar,
    data_act_until,
    find_copy_due,
    list_deletion_bars,
    next_state,
    possible_steps,
)
from noc_tui.contract.terms import load_terms

LIFE = load_terms().life
END = date(2026, 4, 12)
ENDS = (CopyState.RECEIVED, CopyState.WAIVED)


def test_the_usual_way_from_request_to_receipt() -> None:
    state = CopyState.REQUESTED
    for step in (CopyStep.MAKE, CopyStep.HAND_OVER, CopyStep.RECEIVE):
        assert possible_steps(state)[0] is step or state is CopyState.MADE
        state = next_state(state, step)
    assert state is CopyState.RECEIVED
    assert possible_steps(state) == ()


@given(st.lists(st.sampled_from(CopyStep), max_size=12))
def test_a_copy_is_received_only_once_it_was_made_and_handed_over_since(
    steps: list[CopyStep],
) -> None:
    state, taken = CopyState.REQUESTED, list[CopyStep]()
    for step in steps:
        possible = step in possible_steps(state)
        if not possible:
            with pytest.raises(CopyStepError):
                next_state(state, step)
            continue
        assert state not in ENDS
        state = next_state(state, step)
        taken.append(step)
    if state is CopyState.RECEIVED:
        assert taken[-2:] == [CopyStep.HAND_OVER, CopyStep.RECEIVE]
        assert taken[-3] is CopyStep.MAKE


@pytest.mark.parametrize(
    ("asked", "ending", "due"),
    [
        (date(2026, 4, 1), None, CopyDue(None, in_time=True)),
        (date(2026, 4, 1), Ending(None, None, False), CopyDue(None, in_time=True)),
        (date(2026, 4, 1), Ending(END, date(2026, 4, 27), False), CopyDue(date(2026, 4, 27), True)),
        (
            date(2026, 4, 27),
            Ending(END, date(2026, 4, 27), False),
            CopyDue(date(2026, 4, 27), True),
        ),
        (date(2026, 4, 28), Ending(END, date(2026, 4, 27), True), CopyDue(None, in_time=False)),
    ],
)
def test_a_copy_is_due_by_the_fifteenth_day_however_late_it_was_asked_for(
    asked: date, ending: Ending | None, due: CopyDue
) -> None:
    assert find_copy_due(asked, ending) == due


DAYS = st.integers(0, 60).map(lambda days: END + timedelta(days=days))


@given(st.none() | DAYS, DAYS, st.booleans())
def test_nothing_is_deleted_before_data_time_and_copy(
    confirmed: date | None, today: date, copy_open: bool
) -> None:
    ending = find_ending(END, confirmed, today, LIFE)
    allowed = not list_deletion_bars(ending, copy_open=copy_open)
    assert allowed == (
        confirmed is not None
        and confirmed <= today
        and today > max(END, confirmed) + timedelta(days=15)
        and not copy_open
    )


def test_a_running_contract_bars_deletion() -> None:
    assert list_deletion_bars(None, copy_open=True) == (
        DeletionBar.UNDER_CONTRACT,
        DeletionBar.COPY_OPEN,
    )


def test_the_days_of_the_data_act_stand_beside_those_of_the_contract() -> None:
    assert data_act_until(find_ending(END, END, END, LIFE)) == date(2026, 5, 12)
    assert data_act_until(find_ending(END, None, END, LIFE)) is None
