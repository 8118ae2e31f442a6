"""The copy that is owed at the end of a contract (R28, art. 16.2), and what bars deletion.

Our stand on the text: a request that is made until the fifteenth day after termination took effect
is in time, also one from before it, and the copy is to be handed over by that day: "within fifteen
days" binds the hoster whichever way it is read. A later request is taken and watched like the
others, without a day by which it is due. Nothing of the tenant may be deleted while a copy that was
asked for has not been received, in time or not: what a client waits for is not destroyed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from noc_tui.contract.life import Ending

DATA_ACT_DAYS = 30
"""Regulation (EU) 2023/2854, art. 25(2)(g): at least so long a client may retrieve its data."""
WARN_DAYS = 5
"""So many days before it is due a copy that was not handed over is a warning (our choice)."""


class CopyState(StrEnum):
    """How far a copy is; the last two end it."""

    REQUESTED = "requested"
    MADE = "made"
    HANDED_OVER = "handed-over"
    RECEIVED = "received"
    WAIVED = "waived"


class CopyStep(StrEnum):
    """What happens to a copy. REJECTED: the client cannot use it, and another must be made."""

    MAKE = "make"
    HAND_OVER = "hand-over"
    RECEIVE = "receive"
    REJECT = "reject"
    WAIVE = "waive"


_OPEN = (CopyState.REQUESTED, CopyState.MADE, CopyState.HANDED_OVER)
_STEPS: Mapping[CopyStep, tuple[tuple[CopyState, ...], CopyState]] = {
    CopyStep.MAKE: ((CopyState.REQUESTED, CopyState.MADE), CopyState.MADE),
    CopyStep.HAND_OVER: ((CopyState.MADE,), CopyState.HANDED_OVER),
    CopyStep.RECEIVE: ((CopyState.HANDED_OVER,), CopyState.RECEIVED),
    CopyStep.REJECT: ((CopyState.HANDED_OVER,), CopyState.REQUESTED),
    CopyStep.WAIVE: (_OPEN, CopyState.WAIVED),
}


class CopyStepError(ValueError):
    """The step is not possible in that state."""

    def __init__(self, state: CopyState, step: CopyStep) -> None:
        super().__init__(f"{step} is not possible: the copy is {state}")
        self.state = state
        self.step = step


def next_state(state: CopyState, step: CopyStep) -> CopyState:
    """The state after a step; raises `CopyStepError`."""
    before, after = _STEPS[step]
    if state not in before:
        raise CopyStepError(state, step)
    return after


def possible_steps(state: CopyState) -> tuple[CopyStep, ...]:
    """The steps that are possible in a state, the usual one first."""
    return tuple(step for step, (before, _after) in _STEPS.items() if state in before)


@dataclass(frozen=True, slots=True)
class CopyDue:
    """By which day a copy must be handed over; None while nobody can say.

    `in_time` is whether it was asked for before that day had passed.
    """

    until: date | None
    in_time: bool


def find_copy_due(requested_on: date, ending: Ending | None) -> CopyDue:
    """When a copy that was asked for on a day in Paris is due. `ending` is None while nobody ended
    the contract.
    """
    owed = None if ending is None else ending.copy_owed_until
    if owed is None:
        return CopyDue(None, in_time=True)
    return CopyDue(owed, in_time=True) if requested_on <= owed else CopyDue(None, in_time=False)


class DeletionBar(StrEnum):
    """Why nothing of a tenant may be deleted."""

    UNDER_CONTRACT = "under-contract"
    DATA_UNCONFIRMED = "data-unconfirmed"
    COPY_MAY_BE_ASKED = "copy-may-be-asked"
    COPY_OPEN = "copy-open"


def list_deletion_bars(ending: Ending | None, *, copy_open: bool) -> tuple[DeletionBar, ...]:
    """All that stands in the way of deleting a tenant's guests, copies and backups; empty where
    nothing does. `copy_open`: a copy that was asked for was neither received nor given up.
    """
    found = []
    if ending is None:
        found.append(DeletionBar.UNDER_CONTRACT)
    elif ending.effective is None:
        found.append(DeletionBar.DATA_UNCONFIRMED)
    elif not ending.copy_days_over:
        found.append(DeletionBar.COPY_MAY_BE_ASKED)
    if copy_open:
        found.append(DeletionBar.COPY_OPEN)
    return tuple(found)


def data_act_until(ending: Ending | None) -> date | None:
    """Until when Regulation (EU) 2023/2854 lets the client retrieve its data, shown beside the
    contract's days (R41); None while termination has no effect.
    """
    if ending is None or ending.effective is None:
        return None
    return ending.effective + timedelta(days=DATA_ACT_DAYS)
