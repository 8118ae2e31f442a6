"""Months that were closed, and reopened. Instants in microseconds, as in `storage.months`."""

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table


class ClosedFigure(msgspec.Struct, frozen=True):
    """What a tenant's month was closed with: durations in microseconds, the monthly amount (a
    decimal string, None where the register had none), the credit's tier and the terms.
    """

    tenant: str
    base: int
    down: int
    counted: int
    unmeasured: int
    worst: int
    excluded: int
    tier: int
    amount: str | None
    terms: str


class MonthClose(msgspec.Struct, frozen=True):
    """The `number`th closing of a month (`2026-03`), counted from 1.

    `left_open` names what was open and accepted, for `reason`; `figures` are `ClosedFigure`s, each
    as JSON. `evidence` is the entry that closed it, `reopened_by` the one that reopened it.
    """

    month: str
    number: int
    closed_at: int
    account: str
    reason: str
    left_open: tuple[str, ...]
    figures: tuple[str, ...]
    evidence: int
    reopened_at: int | None = None
    reopened_account: str | None = None
    reopened_reason: str | None = None
    reopened_by: int | None = None

    @property
    def in_force(self) -> bool:
        """Whether nobody reopened it."""
        return self.reopened_by is None

    @property
    def tenants(self) -> dict[str, ClosedFigure]:
        """What each tenant's month was closed with."""
        read = (msgspec.json.decode(one, type=ClosedFigure) for one in self.figures)
        return {one.tenant: one for one in read}


MONTH_CLOSES = Table(
    "month_close",
    MonthClose,
    ["month", "number"],
    binding=Binding.RECORDED,
    erasable=["reason", "reopened_reason"],
)


async def closings_of(db: Readable, month: str) -> list[MonthClose]:
    """The closings of a month, the first one first."""
    return await MONTH_CLOSES.where(db, "month = ? ORDER BY number", month)


async def closed_months(db: Readable) -> set[str]:
    """The months that are closed now."""
    rows = await db.rows("SELECT month FROM month_close WHERE reopened_by IS NULL")
    return {str(month) for (month,) in rows}
