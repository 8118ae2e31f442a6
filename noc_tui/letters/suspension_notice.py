"""The notice of a suspension (R16): its facts written as a letter, for each ground and moment.

What only sending makes known stands as a mark between `⟦` and `⟧`, which `fill_marks` replaces; a
letter that still holds one does not leave.
"""

from datetime import datetime

from noc_tui.contract.suspension.notice_facts import NoticeFacts
from noc_tui.i18n import Language
from noc_tui.letters.letter import Blocks, ClientLetter, LetterSender
from noc_tui.letters.notice_consequences import ConsequencesPart
from noc_tui.letters.notice_finding import FactsPart
from noc_tui.letters.notice_grounds import GroundsPart
from noc_tui.letters.notice_measures import MeasuresPart
from noc_tui.letters.notice_part import (
    BLAMELESS,
    DEADLINE_MARKS,
    EARLIEST_MARKS,
    START_MARKS,
    NoticePart,
)
from noc_tui.letters.notice_rights import AskedPart, RemediesPart
from noc_tui.letters.notice_span import SpanPart
from noc_tui.letters.writing import Writing

_PARTS: tuple[type[NoticePart], ...] = (
    FactsPart,
    GroundsPart,
    MeasuresPart,
    SpanPart,
    AskedPart,
    RemediesPart,
    ConsequencesPart,
)
"""The parts of the letter, in their order."""


def write_notice(
    facts: NoticeFacts, sender: LetterSender, language: Language, opening: str
) -> ClientLetter:
    """Return the letter; `opening` is the hoster's own first paragraph, empty for the usual one."""
    return _Notice(facts, sender, Writing(language)).letter(opening)


def fill_marks(
    text: str, facts: NoticeFacts, language: Language, earliest: datetime | None = None
) -> str:
    """The text with all that has become known since it was drawn; `earliest` is when the measure
    may be taken after a notice that is sent now, None where nothing has to mature.
    """
    writing, term = Writing(language), facts.term
    known = (
        (START_MARKS, term.start),
        (EARLIEST_MARKS, earliest),
        (DEADLINE_MARKS, term.deadline),
    )
    for marks, at in known:
        if at is not None:
            text = text.replace(marks[language], writing.instant(at))
    return text


class _Notice(NoticePart):
    __slots__ = ()

    def letter(self, opening: str) -> ClientLetter:
        blocks, facts = Blocks(), self.facts
        blocks.say(opening or self._opening())
        self.write(blocks)
        for part in _PARTS:
            part(facts, self.sender, self.writing).write(blocks)
        return ClientLetter(
            self.writing.language, self._subject(), facts.tenant, facts.case, blocks.text()
        )

    def write(self, blocks: Blocks) -> None:
        """Add what stands before the parts: another start than announced, why the notice comes
        late, that nobody is blamed.
        """
        self._moved(blocks)
        self._late(blocks)
        if self.facts.ground.id in BLAMELESS:
            _ = self.writing.translate
            blocks.say(
                _("This measure is taken on our own initiative: no fault is alleged against you.")
            )

    def _subject(self) -> str:
        _, facts = self.writing.translate, self.facts
        before = facts.moment == "before"
        if facts.ground.id == "maintenance":
            text = _("Maintenance: interruption of your services, case {case}")
        elif facts.asks_only:
            text = _("Request to remove content, case {case}")
        elif facts.restricts_only:
            text = (
                _("Forthcoming restriction, case {case}")
                if before
                else _("Restriction applied, case {case}")
            )
        else:
            text = (
                _("Forthcoming suspension of services, case {case}")
                if before
                else _("Suspension of services applied, case {case}")
            )
        return self.writing.field(text.format(case=facts.case), facts.tenant)

    def _opening(self) -> str:
        _, facts = self.writing.translate, self.facts
        if facts.ground.id == "maintenance":
            if facts.moment == "before":
                return _(
                    "Maintenance work on our platform is going to interrupt the virtual machines"
                    " (VMs) named below."
                )
            return _(
                "Maintenance work on our platform is interrupting the virtual machines (VMs)"
                " named below."
            )
        if facts.asks_only:
            return _("We ask you to remove the content described below, which is hosted with us.")
        scope = _("all your services") if facts.whole else self._some()
        text = self._restriction() if facts.restricts_only else self._suspension()
        return " ".join(
            (
                text.format(scope=scope),
                _("The facts, the measures and your rights are set out below."),
            )
        )

    def _moved(self, blocks: Blocks) -> None:
        """Another start than the one that the client was told of (R16)."""
        _, term, at = self.writing.translate, self.facts.term, self.writing.instant
        if self.facts.moment != "before" or term.announced is None or term.start is None:
            return
        later = term.start > term.announced
        text = (
            _("We had announced this measure for {announced}. It is put off until {start}.")
            if later
            else _(
                "We had announced this measure for {announced}. It is brought forward to {start}."
            )
        )
        replaces = _("This letter replaces the one before.")
        said = text.format(announced=at(term.announced), start=at(term.start))
        blocks.say(f"{said} {replaces}")

    def _late(self, blocks: Blocks) -> None:
        """That the client is told later than it should be, and why (R16)."""
        _, facts = self.writing.translate, self.facts
        if facts.moment == "before":
            return
        because = _("We could not send you this notice before the measure, because")
        if facts.untold_because:
            blocks.say(self.writing.field(because, f"{facts.untold_because.rstrip('.')}."))
        elif facts.moment == "after":
            blocks.say(_("This notice is sent to you after the measure took effect."))

    def _suspension(self) -> str:
        _ = self.writing.translate
        return {
            "before": _("We inform you that a suspension is going to be applied to {scope}."),
            "at": _("We inform you that a suspension has just been applied to {scope}."),
            "after": _("We inform you that a suspension has been applied to {scope}."),
        }[self.facts.moment]

    def _restriction(self) -> str:
        _ = self.writing.translate
        return {
            "before": _("We inform you that a restriction is going to be applied to {scope}."),
            "at": _("We inform you that a restriction has just been applied to {scope}."),
            "after": _("We inform you that a restriction has been applied to {scope}."),
        }[self.facts.moment]

    def _some(self) -> str:
        _ = self.writing.translate
        count = len(self.facts.guests)
        if count == 1:
            return _("one of your virtual machines (VMs), named below")
        return _("{n} of your virtual machines (VMs), those named below").format(n=count)
