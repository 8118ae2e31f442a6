"""What each part of a suspension's notice is written from, and how it names VMs (R16)."""

from collections.abc import Iterable
from dataclasses import dataclass

from noc_tui.contract.suspension.notice_facts import NoticeFacts
from noc_tui.contract.suspension.values import PlannedGuest
from noc_tui.letters.letter import Blocks, LetterSender
from noc_tui.letters.writing import Writing

BLANK = "⟦…⟧"
"""Stands where an answer is still missing."""
MARKS = ("⟦", "⟧")
START_MARKS = {"fr": "⟦date et heure de début⟧", "en": "⟦start⟧"}
EARLIEST_MARKS = {"fr": "⟦première heure possible⟧", "en": "⟦earliest time⟧"}
DEADLINE_MARKS = {"fr": "⟦échéance⟧", "en": "⟦deadline⟧"}
BLAMELESS = ("maintenance", "emergency")
"""The grounds on which no fault is alleged against the client."""


@dataclass(frozen=True, slots=True)
class NoticePart:
    """A part of the letter: its facts, who sends it, in which language."""

    facts: NoticeFacts
    sender: LetterSender
    writing: Writing

    def write(self, blocks: Blocks) -> None:
        """Add this part to the letter."""
        raise NotImplementedError

    def concerned(self) -> str:
        count = len(self.facts.guests)
        return self.writing.ngettext("VM concerned", "VMs concerned", count)

    def names(self) -> str:
        return self.named(self.facts.guests) or BLANK

    def named(self, guests: Iterable[PlannedGuest]) -> str:
        _ = self.writing.translate
        return ", ".join(
            _("{name} (VM {vmid}, cluster {cluster})").format(
                name=guest.name, vmid=guest.ref.vmid, cluster=guest.ref.cluster
            )
            for guest in guests
        )
