"""The letter that a month's statement is sent with (article 10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from noc_tui.i18n import Language
from noc_tui.letters.letter import Blocks, ClientLetter
from noc_tui.letters.writing import Writing


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """What the letter says: the month's first day, the sentences of the statement's verdict, the
    statement's own digest, and whether it replaces an earlier one.
    """

    tenant: str
    month: date
    verdict: Sequence[str]
    digest: str
    corrected: bool


def write_statement_letter(facts: StatementFacts, language: Language) -> ClientLetter:
    """Return the letter; the statement goes with it as a file, and its signature beside it."""
    writing = Writing(language)
    _, blocks = writing.translate, Blocks()
    month = writing.month(facts.month)
    text = (
        _(
            "Here is the corrected availability statement of your services for {month}. It"
            " replaces the one that we sent you before, and says why."
        )
        if facts.corrected
        else _("Here is the availability statement of your services for {month}.")
    )
    blocks.say(text.format(month=month))
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
        if facts.corrected
        else _("Availability statement, {month}")
    ).format(month=month)
    reference = _("statement {month}").format(month=f"{facts.month:%Y-%m}")
    return ClientLetter(
        language, subject, facts.tenant, reference, blocks.text(), contested="figures"
    )
