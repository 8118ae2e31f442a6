"""Orders and reports of authorities as stored (R37).

The order itself is a JSON document whose shape its owner knows; the columns beside it are what
lists sort and alerts look at.
"""

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from storage.connection import Readable
from storage.tables import Binding, Table

if TYPE_CHECKING:  # a reader needs no write path
    from storage.change import Change


class OrderRow(msgspec.Struct, frozen=True):
    """An order. `due_at` is when it is to be carried out, None without a term, while the deadline
    is stopped and once it is done; `review_due` when a second person is to have reviewed it;
    `silent_until` when its secrecy is to be decided anew.
    """

    id: str
    kind: str
    authority: str
    reference: str
    tenant: str
    state: str
    received_at: datetime
    due_at: datetime | None
    review_due: datetime | None
    silent_until: datetime | None
    document: str


AUTHORITY_ORDERS = Table(
    "authority_order", OrderRow, ["id"], ["kind", "state"], binding=Binding.RECORDED
)
_KEPT = ("id", "kind", "state", "received_at", "recorded_by", "recorded_at", "secrecy", "cases")


async def next_order_id(change: "Change") -> str:
    """The identifier of a new order: `A-0001`, then on."""
    ((last,),) = await change.rows(
        "SELECT coalesce(max(CAST(substr(id, 3) AS INTEGER)), 0) FROM authority_order"
        " WHERE id GLOB 'A-[0-9]*'"
    )
    return f"A-{last + 1:04d}"


async def unfinished_orders(db: Readable) -> list[OrderRow]:
    """The orders that are to be carried out or reviewed, the first deadline first."""
    return await AUTHORITY_ORDERS.where(
        db,
        "state IN ('open', 'stopped') OR review_due IS NOT NULL"
        " ORDER BY due_at IS NULL, due_at, received_at, id",
    )


class _Kept(msgspec.Struct, frozen=True):
    """Until when something is kept apart under an order."""

    until: datetime


class _Keeping(msgspec.Struct, frozen=True):
    """What of an order's document says whose contents must not be erased."""

    tenant: str = ""
    preservations: tuple[_Kept, ...] = ()


async def preserved_tenants(db: Readable, now: datetime) -> frozenset[str]:
    """The tenants about whom an authority has something kept apart at `now`."""
    found = [
        msgspec.json.decode(row.document, type=_Keeping) for row in await AUTHORITY_ORDERS.read(db)
    ]
    return frozenset(
        one.tenant
        for one in found
        if one.tenant and any(kept.until > now for kept in one.preservations)
    )


class _Opened(msgspec.Struct, frozen=True):
    """What of an order's document says which suspensions carry it out, and who may know."""

    secrecy: str
    cases: tuple[str, ...] = ()


async def is_published(db: Readable, suspension: str) -> bool:
    """Whether an order in this file that is no secret is carried out by that suspension."""
    found = [
        msgspec.json.decode(row.document, type=_Opened) for row in await AUTHORITY_ORDERS.read(db)
    ]
    return any(one.secrecy == "allowed" and suspension in one.cases for one in found)


def without_words(row: OrderRow) -> OrderRow:
    """The order with what it was and when, and without what it says and whom it names."""
    full = msgspec.json.decode(row.document)
    kept = {key: full[key] for key in _KEPT if key in full}
    blank = dict.fromkeys(("authority", "reference", "legal_basis", "scope", "authenticity"), "")
    document = msgspec.json.encode({**kept, **blank}).decode()
    return replace(row, authority="", reference="", document=document)
