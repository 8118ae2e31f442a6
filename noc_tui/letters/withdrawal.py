"""The letter that says that an announced measure is not taken."""

from dataclasses import dataclass
from datetime import datetime

from noc_tui.contract.suspension.values import ConditionKind
from noc_tui.i18n import N_, Language
from noc_tui.letters.letter import Blocks, ClientLetter
from noc_tui.letters.writing import Writing

_WHY = {
    "unpaid": N_("the sum due has been paid"),
    "unanswered": N_("your answer reached us in time, and we are examining it"),
}


@dataclass(frozen=True, slots=True)
class WithdrawalFacts:
    """Which measure is not taken: when it was announced for, None being no settled time, and the
    condition that fell away, None where the hoster gave it up by itself.
    """

    case: str
    tenant: str
    start: datetime | None
    fell: ConditionKind | None


def write_withdrawal(facts: WithdrawalFacts, language: Language) -> ClientLetter:
    """Return the letter."""
    writing = Writing(language)
    _, field = writing.translate, writing.field
    blocks = Blocks()
    blocks.say(
        _("The measure that we announced to you in case {case} will not be taken.").format(
            case=facts.case
        )
    )
    rows = []
    if facts.start is not None:
        rows.append(field(_("It was announced for"), writing.instant(facts.start)))
    if facts.fell is not None:
        rows.append(field(_("Reason"), _(_WHY[facts.fell])))
    blocks.rows(rows)
    blocks.say(_("Nothing has been changed in your services: they continue as before."))
    if facts.fell != "unpaid":
        blocks.say(_("We will not take this measure without sending you another notice."))
    subject = _("Announced measure not taken, case {case}").format(case=facts.case)
    return ClientLetter(
        language, field(subject, facts.tenant), facts.tenant, facts.case, blocks.text()
    )
