"""Months: what was claimed and decided, and figures worked out once. Durations in microseconds."""

from collections.abc import Sequence, Set
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from storage.connection import Readable
from storage.evidence import Actor
from storage.statements import ONE_OF_TENANTS, json_list
from storage.tables import Binding, Table

if TYPE_CHECKING:  # a reader needs no write path
    from storage.change import Change


class CreditRow(msgspec.Struct, frozen=True):
    """The claim for a tenant's month and its decision (R13); `terms` is the version in force.

    `claimed_by` is the entry of the claim, or of its last correction; `decided_by` that of the
    decision, or, without `decided_at`, the one that reopened a refusal.
    """

    tenant: str
    month: str
    terms: str
    sent: int | None
    received: int | None
    channel: str
    reference: str
    decided_at: int | None
    granted: Decimal | None
    refused: str
    account: str
    claimed_by: int | None
    decided_by: int | None


class MonthFigure(msgspec.Struct, frozen=True):
    """A tenant's month: base, the part of it that has passed, downtime raw and counted.

    `worst` is what would count if all unmeasured time had been down (R9); `outages` is how many
    there were, `open` whether one lasts. `terms` is the version in force while the month ran; empty
    where nobody stamped it. `excluded` is the excluded time of the base so far, None where it was
    not kept; `negotiated` whether the contract is (R11).
    """

    tenant: str
    month: str
    base: int
    past: int
    down: int
    counted: int
    unmeasured: int
    worst: int
    outages: int
    open: bool
    terms: str = ""
    excluded: int | None = 0
    negotiated: bool = False


class Promise(msgspec.Struct, frozen=True):
    """What a version of the terms promised: rates as fractions (`999/1000`), per cent owed."""

    version: str
    commitment: str
    floor: str
    below_commitment: int
    below_floor: int
    claim_days: int


CREDITS = Table(
    "credit",
    CreditRow,
    ["tenant", "month"],
    binding=Binding.RECORDED,
    erasable=["channel", "reference", "refused"],
)
FIGURES = Table(
    "month_figure",
    MonthFigure,
    ["month", "tenant"],
    ["tenant", "month", "terms"],
    binding=Binding.RECORDED,
    unbound=[
        "base",
        "past",
        "down",
        "counted",
        "unmeasured",
        "worst",
        "outages",
        "open",
        "excluded",
        "negotiated",
    ],
)
"""Unbound: the figures, a cache that is worked out again from outages, exclusions, the register."""
STAMPED = "availability.month_terms"
"""The kind of the entries about the terms that are stamped on months."""
PROMISES = Table("promise", Promise, ["version"], binding=Binding.RECORDED)


async def figures(db: Readable, month: str) -> list[MonthFigure]:
    """The figures of all tenants for a month (`2026-03`)."""
    return await FIGURES.where(db, "month = ? ORDER BY tenant", month)


async def stamps(db: Readable, month: str, tenants: Set[str] | None = None) -> dict[str, str]:
    """The terms that were stamped on a month, by tenant; of these tenants, or of all."""
    if tenants is None:
        rows = await figures(db, month)
    else:
        only = f"month = ? AND {ONE_OF_TENANTS}"
        rows = await FIGURES.where(db, only, month, json_list(tenants))
    return {row.tenant: row.terms for row in rows if row.terms}


async def put_month_figures(
    change: "Change", month: str, figures: Sequence[MonthFigure], actor: Actor
) -> None:
    """Keep the figures of a month. The terms that are stamped anew have an entry, by `actor`."""
    known = await stamps(change, month, {one.tenant for one in figures})
    stamped = {one.tenant: one.terms for one in figures if known.get(one.tenant) != one.terms}
    entry = None
    if stamped:
        subjects = [f"month:{month}", *(f"tenant:{tenant}" for tenant in stamped)]
        entry = await change.record(STAMPED, subjects, {"terms": stamped}, actor=actor)
    await change.put(FIGURES, figures, by=entry)


async def credits_of(db: Readable, month: str) -> list[CreditRow]:
    """Claims and decisions of a month."""
    return await CREDITS.where(db, "month = ? ORDER BY tenant", month)


async def claims(db: Readable) -> list[CreditRow]:
    """Claims that wait for a decision, the oldest first."""
    return await CREDITS.where(
        db, "sent IS NOT NULL AND decided_at IS NULL ORDER BY received, tenant"
    )
