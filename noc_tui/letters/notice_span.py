"""From when to when a measure lasts, and what keeps it from being taken (R16, R22)."""

from datetime import datetime

from noc_tui.contract.suspension.facts import an_instant
from noc_tui.letters.letter import Blocks
from noc_tui.letters.notice_part import EARLIEST_MARKS, START_MARKS, NoticePart


class SpanPart(NoticePart):
    """Start, end, conditions."""

    __slots__ = ()

    def write(self, blocks: Blocks) -> None:
        """Add start and end, and why the notice is shorter than usual."""
        _, field, term = self.writing.translate, self.writing.field, self.facts.term
        blocks.heading(_("Start and end"))
        blocks.rows(
            [
                field(_("Start of the measure"), self._start()),
                field(_("End of the measure"), self._end()),
            ]
        )
        if self.facts.moment == "before":
            self._conditions(blocks)
        if term.short_notice and (term.least.hours or term.least.days):
            blocks.say(
                field(
                    _("This notice is shorter than the one that we usually give, because"),
                    term.short_notice,
                )
            )

    def _conditions(self, blocks: Blocks) -> None:
        """What keeps the measure from being taken (R16): it is then withdrawn by itself."""
        _, term = self.writing.translate, self.facts.term
        if term.unpaid_by is not None:
            blocks.say(
                _(
                    "The measure will not be taken if the sum due has been paid in full before. We"
                    " must have received it by {at}."
                ).format(at=self.writing.instant(term.unpaid_by))
            )
        if term.unanswered_by is not None:
            text = _(
                "The measure will not be taken if your answer to this letter, with the cause and"
                " what you have done about it, reaches us by {at}."
            )
            blocks.say(text.format(at=self.writing.instant(term.unanswered_by)))

    def _start(self) -> str:
        _, term = self.writing.translate, self.facts.term
        if term.start is not None:
            return self.writing.instant(term.start)
        if self.facts.moment != "before":
            return START_MARKS[self.writing.language]
        if term.short_notice or not (term.least.hours or term.least.days):
            if (due := an_instant(self.facts.told.get("due_by", "").strip())) is not None:
                text = _("by {at} at the latest, without further prior notice")
                return text.format(at=self.writing.instant(due))
            return _("at any time once this notice has been sent, without further prior notice")
        text = _("not before {at}, without further prior notice")
        return text.format(at=EARLIEST_MARKS[self.writing.language])

    def _end(self) -> str:
        _, facts, term = self.writing.translate, self.facts, self.facts.term
        if facts.ground.id == "late-payment":
            return _("when the sum due is paid in full; services are then restored without delay")
        if facts.ground.id == "maintenance":
            return self._window_end(term.start, term.end)
        if facts.ground.id == "authority-request":
            return self._order_end(term.end, term.days)
        until = (
            _("when the emergency is over; services are restored at once")
            if facts.ground.id == "emergency"
            else _("when the cause has been remedied; services are then restored without delay")
        )
        if term.end is None:
            return until
        return _("{until}. Expected at the latest: {at}").format(
            until=until, at=self.writing.instant(term.end)
        )

    def _window_end(self, start: datetime | None, end: datetime | None) -> str:
        _ = self.writing.translate
        if end is None:
            return _("when the work is finished; we tell you the time as soon as it is settled")
        if start is None or end <= start:
            return self.writing.instant(end)
        return _("{at}, that is {span}").format(
            at=self.writing.instant(end),
            span=self.writing.duration(int((end - start).total_seconds())),
        )

    def _order_end(self, end: datetime | None, days: int | None) -> str:
        _ = self.writing.translate
        if end is not None:
            return _("{at}, as the authority ordered").format(at=self.writing.instant(end))
        if days is not None:
            return self.writing.ngettext(
                "after {n} day, as the authority ordered",
                "after {n} days, as the authority ordered",
                days,
            ).format(n=days)
        return _("until further order of the authority")
