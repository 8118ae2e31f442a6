"""A register that says otherwise of months that are over needs two people (R38).

Who imports it first proposes it (`register.proposed`); it is taken once another person imports the
same text. Of a month that is closed nothing is changed before a lead reopens it. The file itself
may be written by hand, by nobody that is known: then what was read before stays.
"""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from noc_tui.contract.calendar import Month
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import actor
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.roles import Caller
from noc_tui.views.past_terms import PastChange, PastTerms, list_past_changes
from storage import evidence
from storage.change import Change
from storage.connection import Readable
from storage.evidence import Entry, Query
from storage.month_closes import closed_months
from storage.register import (
    Register,
    TenantAmount,
    TenantPool,
    TenantQuota,
    rows_by_tenant,
)

PROPOSED = "register.proposed"


class ProposedEdit(msgspec.Struct, frozen=True):
    """What the entry of a proposed register says: the text's digest, the months it changes."""

    sha256: str = ""
    months: tuple[str, ...] = ()


async def find_past_changes(
    db: Readable, wanted: Register, now: int, book: TermsBook
) -> list[PastChange]:
    """Return the months that are over, with figures on record, of which a register says otherwise
    than the stored one.
    """
    kept = await db.rows("SELECT DISTINCT month FROM month_figure ORDER BY month")
    present = Month.of(now)
    months = [one for (text,) in kept if (one := Month.parse(str(text))) < present]
    before = await rows_by_tenant(db)
    return list_past_changes(before, group_by_tenant(wanted), months, now, book)


def group_by_tenant(wanted: Register) -> Mapping[str, Sequence[msgspec.Struct]]:
    """Return every row of a register about each tenant, as `rows_by_tenant` does of the stored."""
    found: dict[str, list[msgspec.Struct]] = {row.id: [row] for row in wanted.tenants}
    others: list[TenantAmount | TenantQuota | TenantPool]
    others = [*wanted.amounts, *wanted.quotas, *wanted.pools]
    for row in others:
        found.setdefault(row.tenant, []).append(row)
    return found


async def require_reopened(db: Readable, changes: Sequence[PastChange]) -> None:
    """Raise `Conflict` where a change is one of a closed month."""
    closed = await closed_months(db)
    hit = sorted({one.month for one in changes} & closed)
    if hit:
        text = _(
            "this register changes {months}, which is closed: a lead reopens the month first"
            " (noc-tui month reopen)"
        )
        raise Conflict("\n".join([text.format(months=", ".join(hit)), *describe_changes(changes)]))


async def find_proposal(db: Readable, text: str) -> Entry | None:
    """Return the newest entry that proposed this text."""
    wanted = digest_of(text)
    for entry in await evidence.search(db, Query(kind=PROPOSED, limit=50)):
        if msgspec.json.decode(entry.payload or "{}", type=ProposedEdit).sha256 == wanted:
            return entry
    return None


async def propose_register(
    change: Change, caller: Caller, text: str, changes: Sequence[PastChange]
) -> int:
    """Put on record that somebody proposes this register; returns the entry's number."""
    return await change.record(
        PROPOSED,
        [f"tenant:{tenant}" for tenant in sorted({one.tenant for one in changes})],
        {
            "sha256": digest_of(text),
            "months": sorted({one.month for one in changes}),
            "changes": [
                {"tenant": one.tenant, "month": one.month, "before": one.before, "after": one.after}
                for one in changes
            ],
        },
        actor=actor(caller),
    )


def is_own(caller: Caller, proposal: Entry) -> bool:
    """Whether it is the caller's own: another person has to agree."""
    return (proposal.uid, proposal.account) == (caller.uid, caller.name)


def digest_of(text: str) -> str:
    """SHA-256 of a register's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def describe_changes(changes: Sequence[PastChange]) -> list[str]:
    """Return a line for each change: whose month, and what it rested on and would rest on."""
    text = _("{tenant}, {month}: {before} → {after}")
    return [
        text.format(
            tenant=one.tenant, month=one.month, before=_words(one.before), after=_words(one.after)
        )
        for one in changes
    ]


def _words(terms: PastTerms) -> str:
    amount = formats.UNKNOWN if terms.amount is None else formats.money(terms.amount)
    return f"{formats.day(terms.first)}–{formats.day(terms.last)}, {amount}"
