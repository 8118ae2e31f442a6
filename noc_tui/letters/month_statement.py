"""The letter that a month's statement is sent with (article 10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from noc_tui.i18n import Language
from noc_tui.letters.letter import Blocks, ClientLetter
from noc_tui.letters.writing import Writing


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """What the letter says: the month's first day, the sentences of the statement's verdict, the
    statement's own digest. Of one that replaces an earlier one `correction` counts which it is,
    from 1, `replaced` is when the earlier one was closed and `reason` why that was reopened.
    """

    tenant: str
    month: date
    verdict: Sequence[str]
    digest: str
    correction: int = 0
    replaced: datetime | None = None
    reason: str = ""


def write_statement_letter(facts: StatementFacts, language: Language) -> ClientLetter:
    """Return the letter; the statement goes with it as a file, and its signature beside it."""
    writing = Writing(language)
    _, blocks = writing.translate, Blocks()
    month = writing.month(facts.month)
    text = (
        _("Here is the corrected availability statement of your services for {month}.")
        if facts.correction
        else _("Here is the availability statement of your services for {month}.")
    )
    blocks.say(text.format(month=month))
    if facts.replaced is not None:
        text = _("It replaces the statement closed on {at}. Reason for the correction: {reason}.")
        at, reason = writing.instant(facts.replaced), facts.reason.strip().rstrip(".")
        blocks.say(text.format(at=at, reason=reason))
    blocks.say(" ".join(facts.verdict))
    blocks.say(
        _(
            "The statement is attached as a PDF, with the electronic signature of our evidence log"
            " in a file beside it. It names each interval, its source and its cause."
        )
    )
    blocks.rows([writing.field(_("SHA-256 of the statement"), facts.digest)])
    subject = (
        _("Corrected availability statement, {month}")
        if facts.correction
        else _("Availability statement, {month}")
    ).format(month=month)
    reference = (
        _("statement {month}, correction {number}") if facts.correction else _("statement {month}")
    ).format(month=f"{facts.month:%Y-%m}", number=facts.correction)
    return ClientLetter(
        language, subject, facts.tenant, reference, blocks.text(), contested="figures"
    )
