"""The formal notice to pay (C. civ. 1344), before any notice of a suspension for late payment."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from noc_tui.contract.suspension.late_payment import late_from
from noc_tui.i18n import Language
from noc_tui.letters.letter import Blocks, ClientLetter, LetterSender
from noc_tui.letters.notice_part import BLANK
from noc_tui.letters.remedies import list_outside_remedies
from noc_tui.letters.writing import Writing


@dataclass(frozen=True, slots=True)
class FormalNoticeFacts:
    """What the letter asks for. `unpaid` is what is left of `amount`, `until` the last day to pay,
    `limit_days` after how long a suspension article 16.1 speaks of; `shorter_because` is why the
    client has less time than the terms give, empty where it has not.
    """

    case: str
    tenant: str
    invoice: str
    issued: date | None
    amount: Decimal | None
    unpaid: Decimal | None
    presented: date | None
    until: date
    limit_days: int
    shorter_because: str = ""


def write_formal_notice(
    facts: FormalNoticeFacts, sender: LetterSender, language: Language
) -> ClientLetter:
    """Return the letter."""
    writing = Writing(language)
    _, blocks = writing.translate, Blocks()
    unpaid = BLANK if facts.unpaid is None else writing.euros(facts.unpaid)
    until = writing.day(facts.until)
    blocks.say(
        _("We give you formal notice to pay us {amount} by the end of {day} (Paris time).").format(
            amount=unpaid, day=until
        )
    )
    if facts.shorter_because:
        because = _("This time is shorter than the one that we usually give, because")
        blocks.say(writing.field(because, facts.shorter_because))
    blocks.heading(_("The sum due"))
    blocks.rows(_debt_rows(facts, writing))
    if sender.payment:
        text = _("To pay: {how}, reference {invoice}.")
        blocks.say(text.format(how=sender.payment, invoice=facts.invoice or BLANK))
    blocks.say(
        _("According to our accounts this sum is still unpaid."),
        _(
            "Article 7 of the specific terms of sale provides for payment by direct debit in the"
            " month after the invoice."
        ),
    )
    blocks.heading(_("What follows"))
    _say_consequences(blocks, facts, writing)
    blocks.heading(_("If you disagree or cannot pay"))
    _say_remedies(blocks, facts, sender, writing)
    subject = _("Formal notice to pay: invoice {invoice}, case {case}").format(
        invoice=facts.invoice or BLANK, case=facts.case
    )
    return ClientLetter(
        language, subject, facts.tenant, facts.case, blocks.text(), signed_by_person=True
    )


def _debt_rows(facts: FormalNoticeFacts, writing: Writing) -> list[str]:
    _, field = writing.translate, writing.field
    rows = [
        field(_("Invoice"), facts.invoice or BLANK),
        field(_("Issued on"), _day(facts.issued, writing)),
        field(_("Due by"), _day(_due(facts), writing)),
        field(_("Amount of the invoice (including VAT)"), _euros(facts.amount, writing)),
    ]
    if facts.amount is not None and facts.unpaid is not None and facts.unpaid < facts.amount:
        received = writing.euros(facts.amount - facts.unpaid)
        rows.append(field(_("Received so far"), received))
    presented = _day(facts.presented, writing)
    rows += [
        field(_("Amount due"), _euros(facts.unpaid, writing)),
        field(_("Direct debit presented on"), _("{day}, and rejected").format(day=presented)),
    ]
    return rows


def _due(facts: FormalNoticeFacts) -> date | None:
    """The last day on which the debit was in time (article 7)."""
    return None if facts.issued is None else late_from(facts.issued) - timedelta(days=1)


def _say_consequences(blocks: Blocks, facts: FormalNoticeFacts, writing: Writing) -> None:
    _ = writing.translate
    blocks.say(
        _(
            "Without payment by that day, article 6 of the specific terms of sale allows us to"
            " suspend your services for late payment. We will notify you of it beforehand, at the"
            " same email address."
        ),
        writing.ngettext(
            "If the suspension lasts more than {days} day and its cause has not been remedied,"
            " article 16.1 of the"
            " specific terms of sale (termination as of right) allows us to terminate the"
            " services as of right, by post.",
            "If the suspension lasts more than {days} days and its cause has not been remedied,"
            " article 16.1 of the"
            " specific terms of sale (termination as of right) allows us to terminate the"
            " services as of right, by post.",
            facts.limit_days,
        ).format(days=facts.limit_days),
    )
    blocks.say(
        _(
            "Between professionals the law adds penalties for late payment and a fixed sum of"
            " {amount} for the costs of recovery (articles L. 441-10 and D. 441-5 of the French"
            " commercial code); we reserve the right to claim them."
        ).format(amount=writing.euros(Decimal(40)))
    )


def _say_remedies(
    blocks: Blocks, facts: FormalNoticeFacts, sender: LetterSender, writing: Writing
) -> None:
    _ = writing.translate
    where = sender.complaints or sender.contact
    if where:
        text = _(
            "If you dispute this sum, write to us with your reasons at the following address,"
            " quoting case {case}: {where}. We will answer before any suspension."
        )
    else:
        text = _(
            "If you dispute this sum, answer this letter with your reasons, quoting case {case}. We"
            " will answer before any suspension."
        )
    blocks.say(text.format(case=facts.case, where=where))
    blocks.say(
        _(
            "If a court has granted you time to pay (article 1343-5 of the French civil code), or"
            " if a safeguard, reorganisation or liquidation procedure has been opened, tell us at"
            " once: we will take it into account."
        )
    )
    for text in list_outside_remedies(sender, writing):
        blocks.say(text)


def _day(day: date | None, writing: Writing) -> str:
    return BLANK if day is None else writing.short_day(day)


def _euros(amount: Decimal | None, writing: Writing) -> str:
    return BLANK if amount is None else writing.euros(amount)
