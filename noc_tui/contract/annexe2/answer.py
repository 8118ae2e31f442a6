"""The look-up's answer about one ticket."""

from enum import StrEnum
from typing import Literal

import msgspec


class ScopeVerdict(StrEnum):
    """Whose job it is (R25)."""

    in_scope = "in_scope"
    out_of_scope = "out_of_scope"
    not_annexe2 = "not_annexe2"
    ambiguous = "ambiguous"


class Candidate(msgspec.Struct, frozen=True):
    """A row, how likely it is (0 to 1), and the words of the ticket that speak for it; `concepts`
    names beside each the concept that it stands for, empty where it stands for none.
    """

    row: str
    share: float
    because: tuple[str, ...]
    concepts: tuple[str, ...] = ()


class TicketFrame(msgspec.Struct, frozen=True):
    """What was asked, of what, on which side: names of actions, concepts and sides."""

    asked: tuple[str, ...]
    objects: tuple[str, ...]
    side: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True):
    """Ranked rows, best first, and the verdict. `readings` and `question` when ambiguous.

    `concepts` stand beside `because`, one a word, empty where a word stands for none. `truncated`
    says that the ticket was longer than what is read of it; `received` what it was found to be: a
    ticket, an abuse notice, or a letter of an authority; `near` known tickets that mean most nearly
    the same, where sentences are read for their meaning.
    """

    verdict: ScopeVerdict
    confidence: float
    candidates: tuple[Candidate, ...]
    because: tuple[str, ...]
    frame: TicketFrame
    readings: tuple[str, ...] = ()
    question_fr: str = ""
    question_en: str = ""
    language: str = "fr"
    truncated: bool = False
    concepts: tuple[str, ...] = ()
    received: Literal["ticket", "notice", "letter"] = "ticket"
    near: tuple[str, ...] = ()

    @property
    def row(self) -> str:
        """The best row."""
        return self.candidates[0].row

    @property
    def question(self) -> str:
        """The question in the ticket's own language; empty unless ambiguous."""
        return self.question_en if self.language == "en" else self.question_fr
