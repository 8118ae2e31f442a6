"""What follows after the days of article 16.1, as a notice says it (R22)."""

from noc_tui.letters.letter import Blocks
from noc_tui.letters.notice_part import DEADLINE_MARKS, NoticePart


class ConsequencesPart(NoticePart):
    """Whether a termination may follow, and what we rely on."""

    __slots__ = ()

    def write(self, blocks: Blocks) -> None:
        """Add it; nothing where no fault is alleged."""
        _, facts, term = self.writing.translate, self.facts, self.facts.term
        if not facts.speaks_of_termination:
            return
        blocks.heading(_("What follows"))
        if facts.ground.id == "authority-request":
            blocks.say(self._after_order())
        elif term.right == "settled":
            blocks.say(self._after_limit())
        else:
            blocks.say(
                self.writing.ngettext(
                    "Article 16.1 provides for termination after more than {days} day of"
                    " suspension of the services under article 6. We do not rely on it in this"
                    " letter, and we reserve our rights.",
                    "Article 16.1 provides for termination after more than {days} days of"
                    " suspension of the services under article 6. We do not rely on it in this"
                    " letter, and we reserve our rights.",
                    term.limit,
                ).format(days=term.limit)
            )

    def _after_limit(self) -> str:
        _, term = self.writing.translate, self.facts.term
        deadline = self._deadline()
        return " ".join(
            (
                self.writing.ngettext(
                    "If the suspension lasts more than {days} day and its cause has not been"
                    " remedied, article 16.1 of the"
                    " specific terms of sale (termination as of right) allows us to terminate the"
                    " services as of right, by post.",
                    "If the suspension lasts more than {days} days and its cause has not been"
                    " remedied, article 16.1 of the"
                    " specific terms of sale (termination as of right) allows us to terminate the"
                    " services as of right, by post.",
                    term.limit,
                ).format(days=term.limit),
                _("That period ends on {at}.").format(at=deadline)
                if deadline
                else _("That period runs from the start of the suspension."),
                _("This letter is a formal notice to remedy the cause before then."),
            )
        )

    def _after_order(self) -> str:
        _, term = self.writing.translate, self.facts.term
        if term.right != "settled":
            return " ".join(
                (
                    self.writing.ngettext(
                        "Article 16.1 provides for termination where a suspension of the services"
                        " lasts longer than the time set by the authority, or than {days} day"
                        " where it sets none. We do not rely on it in this letter, and we reserve"
                        " our rights.",
                        "Article 16.1 provides for termination where a suspension of the services"
                        " lasts longer than the time set by the authority, or than {days} days"
                        " where it sets none. We do not rely on it in this letter, and we reserve"
                        " our rights.",
                        term.limit,
                    ).format(days=term.limit),
                    _("Such a termination would not be on account of any fault of yours."),
                )
            )
        return " ".join(
            (
                self.writing.ngettext(
                    "If the measure lasts longer than the time set by the authority, or than {days}"
                    " day where it sets none, article 16.1 of the specific terms of sale allows"
                    " the contract to be terminated by post.",
                    "If the measure lasts longer than the time set by the authority, or than {days}"
                    " days where it sets none, article 16.1 of the specific terms of sale allows"
                    " the contract to be terminated by post.",
                    term.limit,
                ).format(days=term.limit),
                _("Such a termination would not be on account of any fault of yours."),
            )
        )

    def _deadline(self) -> str:
        if self.facts.term.deadline is not None:
            return self.writing.instant(self.facts.term.deadline)
        return "" if self.facts.moment == "before" else DEADLINE_MARKS[self.writing.language]
