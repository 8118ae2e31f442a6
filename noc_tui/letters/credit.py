"""Letters about a service credit (article 10.2): claim received, granted, refused (R13)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from noc_tui.i18n import Language
from noc_tui.letters.letter import Blocks, ClientLetter
from noc_tui.letters.writing import Writing


@dataclass(frozen=True, slots=True)
class MonthRates:
    """What stands beside a month's contractual rate wherever it is printed (R9, R11), in per cent.

    `contractual`, `raw` and `worst` are None where nobody measured the month; `worst` counts all
    unmeasured time as downtime. `proven` is false where that would give another credit.
    """

    contractual: str | None
    raw: str | None
    measured: str | None
    worst: str | None
    proven: bool


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """A claim as it is on record, and the month it is for.

    `month` is its first day; `rates` what was measured of it; `tier` the part of the monthly
    amount, in per cent; `deadline` the last day on which it can be claimed; `monthly` the amount of
    the month excluding tax, None where the register has none.
    """

    tenant: str
    month: date
    rates: MonthRates
    tier: int
    sent: datetime
    received: datetime
    channel: str
    reference: str
    deadline: date
    in_time: bool
    monthly: Decimal | None = None


def write_receipt(facts: CreditFacts, language: Language) -> ClientLetter:
    """Return the letter that a claim was received."""
    writing = Writing(language)
    _, blocks = writing.translate, Blocks()
    blocks.say(
        _(
            "We have received your request for a service credit for {month} (article 10.2 of the"
            " specific terms of sale)."
        ).format(month=writing.month(facts.month))
    )
    blocks.rows(_claim(facts, writing))
    blocks.say(
        _("It was sent in time: the last day for sending it is {day}.").format(
            day=writing.day(facts.deadline)
        )
        if facts.in_time
        else _("According to our records it was sent after {day}, the last day to do so.").format(
            day=writing.day(facts.deadline)
        )
    )
    blocks.say(_("We are examining it against our measurements and will answer you in writing."))
    subject = _("Request for a service credit for {month}: received").format(
        month=writing.month(facts.month)
    )
    return _letter(facts, language, subject, blocks)


def write_grant(
    facts: CreditFacts, amount: Decimal, language: Language, *, owed: Decimal | None = None
) -> ClientLetter:
    """Return the letter that the credit is granted; of more that was `owed` it says why not all."""
    writing = Writing(language)
    _, field, blocks = writing.translate, writing.field, Blocks()
    blocks.say(
        _(
            "We grant you the service credit that you requested for {month} (article 10.2 of the"
            " specific terms of sale)."
        ).format(month=writing.month(facts.month))
    )
    blocks.rows(
        [
            *_rates(facts.rates, writing),
            field(
                _("Credit"),
                _("{tier} of the month's amount excluding tax").format(
                    tier=writing.percent(str(facts.tier))
                ),
            ),
            ""
            if facts.monthly is None
            else field(_("Monthly amount excluding tax"), writing.euros(facts.monthly)),
            field(_("Amount excluding tax"), writing.euros(amount)),
            *_claim(facts, writing),
        ]
    )
    if owed is not None and owed > amount:
        blocks.say(
            _(
                "Article 12 of the specific terms of sale limits the sum of all reparations. Of"
                " the credit of {owed} for this month we grant what this limit leaves. You may"
                " contest this in writing, and bring the matter before the competent courts of"
                " Rennes (article 18)."
            ).format(owed=writing.euros(owed))
        )
    blocks.say(
        _("The sum is credited by a credit note. This letter settles nothing beyond this credit.")
    )
    subject = _("Service credit for {month}: granted").format(month=writing.month(facts.month))
    return replace(_letter(facts, language, subject, blocks), contested="decision")


def write_refusal(facts: CreditFacts, reason: str, language: Language) -> ClientLetter:
    """Return the letter that the credit is refused, and why."""
    writing = Writing(language)
    _, field, blocks = writing.translate, writing.field, Blocks()
    blocks.say(
        _(
            "We do not grant the service credit that you requested for {month} (article 10.2 of"
            " the specific terms of sale)."
        ).format(month=writing.month(facts.month))
    )
    blocks.rows(
        [
            field(_("Reason"), reason),
            *_rates(facts.rates, writing),
            *_claim(facts, writing),
        ]
    )
    blocks.say(
        _("These figures are our own measurements."),
        _(
            "The statement for the month lists every interval and its source; we send it to you on"
            " request."
        ),
    )
    subject = _("Service credit for {month}: refused").format(month=writing.month(facts.month))
    return replace(_letter(facts, language, subject, blocks), contested="decision")


def _claim(facts: CreditFacts, writing: Writing) -> list[str]:
    _, field = writing.translate, writing.field
    return [
        field(_("Request sent"), writing.instant(facts.sent)),
        field(_("Request received"), writing.instant(facts.received)),
        field(_("Sent by"), facts.channel) if facts.channel.strip() else "",
        field(_("Your reference"), facts.reference) if facts.reference.strip() else "",
    ]


def _rates(rates: MonthRates, writing: Writing) -> list[str]:
    """The contractual rate, and beside it the one without exclusions, the share of the month that
    was measured and the worst case: a rate alone would say more than was measured.
    """
    _, field = writing.translate, writing.field
    contractual = _percent(rates.contractual, writing)
    if rates.contractual is not None and not rates.proven:
        contractual = f"{contractual} ({_('not proven')})"
    return [
        field(_("Availability for the month under the contract"), contractual),
        field(_("Raw availability, without exclusions"), _percent(rates.raw, writing)),
        field(_("Share of the month that was measured"), _percent(rates.measured, writing)),
        field(
            _("Availability if all unmeasured time counted as downtime"),
            _percent(rates.worst, writing),
        ),
    ]


def _percent(given: str | None, writing: Writing) -> str:
    _ = writing.translate
    return _("not established") if given is None else writing.percent(given)


def _letter(facts: CreditFacts, language: Language, subject: str, blocks: Blocks) -> ClientLetter:
    _ = Writing(language).translate
    month = Writing(language).month(facts.month)
    reference = _("service credit, {month}").format(month=month)
    return ClientLetter(language, subject, facts.tenant, reference, blocks.text())
