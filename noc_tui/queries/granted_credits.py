"""Reads the credits that were granted for a month, from the entries that granted them."""

from decimal import Decimal

import msgspec

from noc_tui.contract.calendar import Month
from noc_tui.contract.terms_book import TermsBook
from noc_tui.queries.month_facts import read_month_facts
from noc_tui.views.credit_export import GrantedCredit
from storage import evidence
from storage.connection import Readable
from storage.evidence import Entry, Query

GRANTED = "credit.granted"
_TENANT = "tenant:"
_ALL = 1_000_000


class _Grant(msgspec.Struct, frozen=True):
    """What is read of such an entry's payload."""

    month: str = ""
    amount: Decimal = Decimal(0)
    before: Decimal | None = None
    tier: int = 0


async def read_granted_credits(
    db: Readable, month: Month, now: int, book: TermsBook
) -> list[GrantedCredit]:
    """Return the grants of a month, the oldest first; one whose content was erased is left out."""
    facts = {one.tenant.id: one for one in await read_month_facts(db, month, now, book)}
    found = []
    for entry in await evidence.search(db, Query(kind=GRANTED, limit=_ALL)):
        said = msgspec.json.decode(entry.payload or "{}", type=_Grant)
        tenant = _tenant_of(entry)
        if said.month != str(month) or not tenant:
            continue
        known = facts.get(tenant)
        found.append(
            GrantedCredit(
                entry=entry.seq,
                at=entry.at,
                account=entry.account,
                tenant=tenant,
                name=tenant if known is None else known.tenant.name,
                tier=said.tier,
                monthly=None if known is None else known.amount,
                amount=said.amount,
                before=said.before or Decimal(0),
            )
        )
    return found[::-1]


def _tenant_of(entry: Entry) -> str:
    names = [one.removeprefix(_TENANT) for one in entry.subjects if one.startswith(_TENANT)]
    return names[0] if names else ""
