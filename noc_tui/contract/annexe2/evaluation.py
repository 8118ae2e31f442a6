"""How well the look-up does on labelled tickets: verdicts, rows, and what its confidence is worth.

A labelled ticket has `id`, `text`, `expected_row`, `expected_verdict` and, where other rows would
do, `acceptable_rows`; keys beside these are passed over. `expected_row` is null where no row is the
one (an ambiguous ticket, a word of thanks).
"""

import itertools
from collections.abc import Iterable, Sequence

import msgspec

from noc_tui.contract.annexe2.answer import Answer, ScopeVerdict

SURE = 0.8
_STEPS = (0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


class LabelledTicket(msgspec.Struct, frozen=True):
    """A ticket and what is right for it."""

    id: str | int
    text: str
    expected_row: str | None
    expected_verdict: ScopeVerdict
    acceptable_rows: tuple[str, ...] = ()

    @property
    def accepted(self) -> frozenset[str]:
        """The rows that are right; none where the ticket is labelled with its verdict alone."""
        return frozenset(filter(None, (self.expected_row, *self.acceptable_rows)))


class ScopeOutcome(msgspec.Struct, frozen=True):
    """One ticket's answer beside what is right; `row_among_three` is None where no row is."""

    id: str | int
    expected: ScopeVerdict
    answered: ScopeVerdict
    expected_row: str
    row: str
    row_among_three: bool | None
    confidence: float

    @property
    def right(self) -> bool:
        """Whether the verdict is right."""
        return self.expected is self.answered


class ReliabilityStep(msgspec.Struct, frozen=True):
    """Of the answers with such a confidence: how many there are, and how many are right."""

    least: float
    most: float
    tickets: int
    right: int


class ScopeEvaluation(msgspec.Struct, frozen=True):
    """Shares of all tickets, from 0 to 1, that of rows of those for which a row is right; `wrong`
    are the answers whose verdict is not right.
    """

    tickets: int
    verdict: float
    row_among_three: float
    sure_and_wrong: float
    reliability: tuple[ReliabilityStep, ...]
    wrong: tuple[ScopeOutcome, ...]


def compare(ticket: LabelledTicket, answer: Answer) -> ScopeOutcome:
    """Return a ticket's answer beside what is right for it."""
    three = {found.row for found in answer.candidates}
    return ScopeOutcome(
        id=ticket.id,
        expected=ticket.expected_verdict,
        answered=answer.verdict,
        expected_row=ticket.expected_row or "",
        row=answer.row,
        row_among_three=not ticket.accepted.isdisjoint(three) if ticket.accepted else None,
        confidence=answer.confidence,
    )


def evaluate(outcomes: Iterable[ScopeOutcome]) -> ScopeEvaluation:
    """Sum up the outcomes; nought everywhere where there are none."""
    found = list(outcomes)
    whole = len(found) or 1
    rows = [one.row_among_three for one in found if one.row_among_three is not None]
    wrong = tuple(one for one in found if not one.right)
    return ScopeEvaluation(
        tickets=len(found),
        verdict=(len(found) - len(wrong)) / whole,
        row_among_three=sum(rows) / (len(rows) or 1),
        sure_and_wrong=sum(one.confidence >= SURE for one in wrong) / whole,
        reliability=tuple(_steps(found)),
        wrong=wrong,
    )


def _steps(found: Sequence[ScopeOutcome]) -> Iterable[ReliabilityStep]:
    for least, most in itertools.pairwise(_STEPS):
        own = [one for one in found if least <= one.confidence < most]
        if own:
            right = sum(one.right for one in own)
            yield ReliabilityStep(least, min(most, 1.0), len(own), right)
