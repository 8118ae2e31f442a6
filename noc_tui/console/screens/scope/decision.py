"""What an operator may decide on a ticket, as `nocd` is asked to record it (R26)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from noc_tui.console.screens.scope.ticket import Opened
from noc_tui.contract.annexe2.answer import Answer, Verdict
from noc_tui.contract.annexe2.questions import general
from noc_tui.contract.annexe2.reply import Language
from noc_tui.contract.terms import Row


@dataclass(frozen=True, slots=True)
class Decision:
    """`answer` as it was decided; `row` is empty when none fits."""

    kind: Literal["accepted", "overridden", "asked"]
    answer: Answer
    row: str
    reason: str = ""

    def body(self, text: str, opened: Opened, answered: str, language: Language) -> dict[str, str]:
        """The body of `POST /v1/scope/decisions`; `answered` is what the client is told."""
        return {
            "text": text,
            "kind": self.kind,
            "verdict": self.answer.verdict.value,
            "row": self.row,
            "tenant": opened.tenant,
            "reference": opened.reference,
            "subject": opened.subject,
            "reason": self.reason,
            "answered": answered,
            "language": language,
        }


def accepted(answer: Answer) -> Decision:
    """What is proposed holds."""
    return Decision("accepted", answer, answer.row)


def asked(answer: Answer) -> Decision:
    """The client is asked; in general terms where the row has no question of its own."""
    if not answer.question_fr:
        question = general()
        answer = replace(answer, question_fr=question.fr, question_en=question.en)
    return Decision("asked", replace(answer, verdict=Verdict.ambiguous), answer.row)


def overridden(answer: Answer, rows: Sequence[Row], row: str, reason: str) -> Decision:
    """Another row of `rows` holds, or none of them."""
    verdicts = {one.id: Verdict(one.verdict) for one in rows}
    decided = replace(answer, verdict=verdicts.get(row, Verdict.ambiguous))
    return Decision("overridden", decided, row, reason)
