"""What a notice asks of the client, and where the client contests it (R16)."""

from noc_tui.contract.suspension.facts import an_instant
from noc_tui.letters.letter import Blocks
from noc_tui.letters.notice_part import BLANK, NoticePart
from noc_tui.letters.remedies import list_outside_remedies, word_internal_remedy

_COMPROMISING = ("attack", "service-threat")
"""Grounds behind which a stranger may have had the client's data."""


class AskedPart(NoticePart):
    """What the client does, and by when."""

    __slots__ = ()

    def write(self, blocks: Blocks) -> None:
        """Add the action asked for; where an authority ordered, that its measure is left alone."""
        _, facts, field = self.writing.translate, self.facts, self.writing.field
        blocks.heading(_("What we ask of you"))
        if facts.ground.id == "authority-request":
            blocks.say(_("You have nothing to do; do not undo the measure by other means."))
            return
        if facts.ground.id == "maintenance":
            blocks.say(_("You have nothing to do."))
            return
        if not facts.remedy and facts.remedy_waived:
            blocks.say(_("We tell you what is needed to restore the services once we know it."))
            return
        rows = [field(_("Action"), facts.remedy or BLANK)]
        if facts.remedy_by or facts.ground.id != "emergency":
            rows.append(field(_("By when"), self._by()))
        blocks.rows(rows)
        if facts.ground.id not in ("emergency", "late-payment"):
            blocks.say(self._once_done())
        if facts.ground.id in _COMPROMISING:
            blocks.say(
                _(
                    "If a VM was compromised, that may be a breach of personal data, which is for"
                    " you to assess (Regulation (EU) 2016/679, article 33)."
                )
            )

    def _once_done(self) -> str:
        """What follows when the client has acted: there is nothing to restore before a measure."""
        _ = self.writing.translate
        if self.facts.asks_only:
            return _("Tell us when it is done: we check it.")
        if self.facts.moment == "before":
            return _(
                "Tell us when it is done: we will check it, and the measure will no longer"
                " be needed."
            )
        return _("Tell us when it is done: we check it and restore the services.")

    def _by(self) -> str:
        """By when: as it was written, unless that was over when the measure was taken; else before
        the measure would be taken, or at once.
        """
        _, term = self.writing.translate, self.facts.term
        asked = an_instant(self.facts.remedy_by)
        begun = None if self.facts.moment == "before" else term.start
        if asked is not None and (begun is None or asked > begun):
            return self.writing.instant(asked)
        if asked is None and self.facts.remedy_by and self.facts.moment == "before":
            return self.facts.remedy_by  # of a case from before this was an instant
        if self.facts.moment == "before" and (by := term.unpaid_by or term.start) is not None:
            return self.writing.instant(by)
        return _("as soon as you receive this letter")


class RemediesPart(NoticePart):
    """Observations and remedies."""

    __slots__ = ()

    def write(self, blocks: Blocks) -> None:
        """Add where the measure, or the order behind it, is contested."""
        _, facts = self.writing.translate, self.facts
        blocks.heading(_("Your observations and remedies"))
        blocks.say(word_internal_remedy("measure", facts.case, self.sender, self.writing))
        if facts.ground.id == "authority-request":
            redress = facts.told.get("order_redress", "").strip()
            blocks.say(
                _(
                    "The order itself may be challenged by the remedies and within the time limits"
                    " that it states."
                ),
                f"{self.writing.field(_('Remedies stated'), redress.rstrip('.'))}."
                if redress
                else "",
                _("If you were not a party to it, other remedies may be open to you: take advice."),
            )
            return
        for text in list_outside_remedies(self.sender, self.writing):
            blocks.say(text)
