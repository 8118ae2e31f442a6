"""Invoices as accounting exported them last (R20). Amounts are in cents."""

from datetime import date, datetime

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table


class InvoiceRow(msgspec.Struct, frozen=True):
    """One invoice of a tenant; the facts are true for `as_of`. `presented` and `rejected` are of
    its last direct debit, `disputed` and `answered` of what the client objected.
    """

    tenant: str
    reference: str
    issued: date
    amount: int
    paid: int
    as_of: datetime
    presented: date | None
    rejected: date | None
    disputed: date | None
    answered: date | None


INVOICES = Table(
    "invoice",
    InvoiceRow,
    ["tenant", "reference"],
    binding=Binding.RECORDED,
    erasable=["issued", "amount", "paid", "as_of", "presented", "rejected", "disputed", "answered"],
)


async def invoices_of(db: Readable, tenant: str) -> list[InvoiceRow]:
    """Return what is known of a tenant's invoices, the oldest first."""
    return await INVOICES.where(db, "tenant = ? ORDER BY issued, reference", tenant)
