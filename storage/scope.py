"""Decisions on tickets (R27): what was proposed, who decided what, and what was answered."""

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table

if TYPE_CHECKING:  # a reader needs no write path
    from storage.change import Change

ACCEPTED, OVERRIDDEN, ASKED = "accepted", "overridden", "asked"
PROPOSED, APPROVED, DECLINED = "proposed", "approved", "declined"
PAGE = 200


class Decision(msgspec.Struct, frozen=True):
    """One decision. `proposed_rows` and `because` are the look-up's, `confidence` in thousandths.

    `row` is empty when the operator found that no row of the matrix fits the ticket. `subject` is
    the incident or alert it was opened from (`incident:12`), `evidence` its entry in the log.
    """

    id: int
    at: datetime
    account: str
    tenant: str
    reference: str
    subject: str
    text: str
    proposed_verdict: str
    proposed_rows: tuple[str, ...]
    because: tuple[str, ...]
    confidence: int
    kind: str
    verdict: str
    row: str
    infogerance: str
    reason: str
    answered: str
    language: str
    evidence: int


class OverrideReview(msgspec.Struct, frozen=True):
    """What a lead made of an override, by the decision's number: `state` is approved or declined.

    The ticket stays in its decision. `evidence` is the entry of the approval in the log.
    """

    decision: int
    state: str
    at: datetime
    account: str
    reason: str
    evidence: int


class Override(msgspec.Struct, frozen=True):
    """How often operators decided otherwise than proposed, from one verdict to another."""

    proposed_verdict: str
    verdict: str
    count: int


class Counts(msgspec.Struct, frozen=True):
    """All decisions by kind, the overrides by verdicts, and the tickets that no row matched."""

    accepted: int
    overridden: int
    asked: int
    unmatched: int
    overrides: tuple[Override, ...]


DECISIONS = Table(
    "scope_decision",
    Decision,
    ["id"],
    binding=Binding.RECORDED,
    erasable=["text", "reference", "reason", "answered"],
)

CASES = Table(
    "scope_case", OverrideReview, ["decision"], binding=Binding.RECORDED, erasable=["reason"]
)


async def next_id(change: "Change") -> int:
    """The number of the next decision."""
    rows = await change.rows("SELECT coalesce(max(id), 0) + 1 FROM scope_decision")
    return int(str(rows[0][0]))


async def newest(db: Readable, limit: int = PAGE) -> list[Decision]:
    """The last decisions, newest first."""
    return await DECISIONS.where(db, "1 ORDER BY id DESC LIMIT ?", limit)


async def search(db: Readable, words: str, limit: int = PAGE) -> list[Decision]:
    """Decisions whose ticket, reference, tenant, row or author has every one of the words."""
    wanted = words.split()[:8]
    if not wanted:
        return await newest(db, limit)
    where = " AND ".join([_ANYWHERE] * len(wanted))
    return await DECISIONS.where(
        db, f"{where} ORDER BY id DESC LIMIT ?", *(f"%{_escaped(word)}%" for word in wanted), limit
    )


_ANYWHERE = (
    "text || ' ' || reference || ' ' || tenant || ' ' || row || ' ' || account || ' ' || verdict"
    " LIKE ? ESCAPE '\\'"
)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def unmatched_decisions(db: Readable, limit: int = PAGE) -> list[Decision]:
    """Tickets that no row matched, newest first: for the owner of the contract."""
    return await DECISIONS.where(db, "row = '' ORDER BY id DESC LIMIT ?", limit)


async def counts(db: Readable) -> Counts:
    """How the look-up fares: accepted, overridden, asked, unmatched."""
    kinds = {
        str(kind): int(str(count))
        for kind, count in await db.rows("SELECT kind, count(*) FROM scope_decision GROUP BY kind")
    }
    none = await db.rows("SELECT count(*) FROM scope_decision WHERE row = ''")
    changed = await db.rows(
        "SELECT proposed_verdict, verdict, count(*) FROM scope_decision WHERE kind = ?"
        " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
        (OVERRIDDEN,),
    )
    return Counts(
        kinds.get(ACCEPTED, 0),
        kinds.get(OVERRIDDEN, 0),
        kinds.get(ASKED, 0),
        int(str(none[0][0])),
        tuple(Override(str(one), str(two), int(str(count))) for one, two, count in changed),
    )


async def list_overrides(db: Readable) -> list[tuple[Decision, OverrideReview | None]]:
    """Every override, oldest first, with what a lead made of it; None while it is proposed."""
    judged = {case.decision: case for case in await CASES.read(db)}
    found = await DECISIONS.where(db, "kind = ? ORDER BY id", OVERRIDDEN)
    return [(decision, judged.get(decision.id)) for decision in found]


async def find_approved(db: Readable) -> list[Decision]:
    """The overrides that a lead approved and whose ticket was not erased, oldest first."""
    return await DECISIONS.where(
        db,
        "kind = ? AND text != '' AND id IN (SELECT decision FROM scope_case WHERE state = ?)"
        " ORDER BY id",
        OVERRIDDEN,
        APPROVED,
    )
