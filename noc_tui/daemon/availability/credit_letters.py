"""Tells a client what became of its request for a service credit: received, granted, refused (R13).

The letter is queued in the change that decides. Where it cannot be queued, the decision stands, and
that nobody was told is on record.
"""

from datetime import date

from noc_tui.contract.availability import credit
from noc_tui.contract.calendar import Month, instant, micros
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.outbox import print_letter, queue_letter
from noc_tui.i18n import Language
from noc_tui.letters.credit import (
    CreditFacts,
    MonthRates,
    write_grant,
    write_receipt,
    write_refusal,
)
from noc_tui.letters.letter import ClientLetter
from noc_tui.queries.month_facts import read_month_facts
from noc_tui.roles import Caller
from noc_tui.views.tenant_month import TenantMonth, coverage_percent
from storage.change import Change
from storage.months import CreditRow

LANGUAGE: Language = "fr"


async def tell_claim(change: Change, context: Context, caller: Caller, row: CreditRow) -> None:
    """Queue the letter that the request was received."""
    found = await _month_of(change, context.terms, row)
    letter = write_receipt(_facts(found, row), LANGUAGE)
    await _queue(change, context, caller, found, (row, letter, "credit-received"))


async def tell_decision(change: Change, context: Context, caller: Caller, row: CreditRow) -> None:
    """Queue the letter that the credit is granted, or refused and why."""
    found = await _month_of(change, context.terms, row)
    facts = _facts(found, row)
    if row.granted is None:
        letter, purpose = write_refusal(facts, row.refused, LANGUAGE), "credit-refused"
    else:
        letter, purpose = (
            write_grant(facts, row.granted, LANGUAGE, owed=credit(found.amount, found.result.tier)),
            "credit-granted",
        )
    await _queue(change, context, caller, found, (row, letter, purpose))


async def _month_of(change: Change, terms: TermsBook, row: CreditRow) -> TenantMonth:
    month = Month.parse(row.month)
    (found,) = await read_month_facts(change, month, micros(change.at), terms, {row.tenant})
    return found


def _facts(found: TenantMonth, row: CreditRow) -> CreditFacts:
    claim = found.credit.claim
    assert claim is not None  # noqa: S101 -- tells mypy: it is claimed
    return CreditFacts(
        tenant=found.tenant.name,
        month=date.fromisoformat(f"{row.month}-01"),
        rates=_rates(found),
        tier=found.result.tier,
        sent=instant(claim.sent),
        received=instant(claim.received),
        channel=claim.channel,
        reference=claim.reference,
        deadline=found.credit.deadline,
        in_time=found.credit.in_time(),
        monthly=found.amount,
    )


def _rates(found: TenantMonth) -> MonthRates:
    """A month that nobody measured has no rate (R9)."""
    result, unseen = found.result, found.unseen
    return MonthRates(
        contractual=None if unseen else result.contractual.percent,
        raw=None if unseen else result.raw.percent,
        measured=coverage_percent(found),
        worst=None if unseen else result.worst.percent,
        proven=result.worst_tier == result.tier,
    )


async def _queue(
    change: Change,
    context: Context,
    caller: Caller,
    found: TenantMonth,
    what: tuple[CreditRow, ClientLetter, str],
) -> None:
    row, letter, purpose = what
    about = f"credit:{row.tenant}/{row.month}"
    subjects = (about, f"tenant:{row.tenant}")
    try:
        await queue_letter(
            change,
            context.config,
            found.tenant,
            print_letter(letter, found.tenant, context.config, change.at),
            about=about,
            purpose=purpose,
            actor=actor(caller),
            subjects=subjects,
        )
    except Conflict as reason:
        await change.record(
            "mail.not-queued",
            subjects,
            {"purpose": purpose, "why": str(reason)},
            actor=actor(caller),
        )
