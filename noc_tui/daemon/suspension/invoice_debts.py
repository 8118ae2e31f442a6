"""What the kept invoices say of the debts that cases rest on."""

from collections.abc import Iterable
from dataclasses import dataclass

from noc_tui.contract.payments.invoice import InvoiceFacts
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.late_payment import GROUND
from noc_tui.contract.suspension.values import Case, DebtFacts
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.cases import Cases
from noc_tui.daemon.suspension.true_case import find_altered_invoice, require_true_invoices
from storage.connection import Readable
from storage.invoices import INVOICES, InvoiceRow


def facts_of(row: InvoiceRow) -> InvoiceFacts:
    """Return the facts of a stored invoice."""
    return InvoiceFacts(
        reference=row.reference,
        issued=row.issued,
        amount=row.amount,
        paid=row.paid,
        as_of=row.as_of,
        presented=row.presented,
        rejected=row.rejected,
        disputed=row.disputed,
        answered=row.answered,
    )


def row_of(tenant: str, facts: InvoiceFacts) -> InvoiceRow:
    """Return the row of an invoice of that tenant."""
    return InvoiceRow(
        tenant=tenant,
        reference=facts.reference,
        issued=facts.issued,
        amount=facts.amount,
        paid=facts.paid,
        as_of=facts.as_of,
        presented=facts.presented,
        rejected=facts.rejected,
        disputed=facts.disputed,
        answered=facts.answered,
    )


async def invoice_of(db: Readable, case: Case) -> InvoiceFacts | None:
    """Return what accounting said last of the invoice that a case names; None for nothing."""
    if case.ground != GROUND or not case.fact("invoice_ref"):
        return None
    row = await INVOICES.get(db, case.tenant, case.fact("invoice_ref"))
    return None if row is None else facts_of(row)


@dataclass(slots=True)
class InvoiceDebts:
    """Knows of a debt what accounting exported last."""

    context: Context

    async def debt_of(self, case: Case) -> DebtFacts:
        """Return whether the case's invoice is paid in full, and since when that is known; nothing
        is where an invoice of the tenant is not as it was imported.
        """
        known = await invoice_of(self.context.world, case)
        if known is None or await find_altered_invoice(self.context.writer, case.tenant):
            return DebtFacts()
        return DebtFacts(paid=not known.remaining, as_of=known.as_of)


async def see_invoice(context: Context, cases: Cases, case: Case) -> Case:
    """Return the case with what accounting said last of its invoice, on record where it is new, for
    somebody who acts on the case. Raises `Conflict` where the invoices are not as recorded.
    """
    if case.ground == GROUND:
        await require_true_invoices(context.writer, case.tenant)
    return await _tell_invoice(context, cases, case)


async def _tell_invoice(context: Context, cases: Cases, case: Case) -> Case:
    known = await invoice_of(context.world, case)
    if known == case.invoice:
        return case
    event = ev.InvoiceSeen(at=context.clock.now(), invoice=known)
    return await cases.apply_event(case.id, event)


async def tell_cases(context: Context, rows: Iterable[InvoiceRow]) -> None:
    """Put on record in each open case for late payment what was imported of its invoice."""
    tenants = {row.tenant for row in rows}
    cases = Cases(context)
    for case in await store.read_open_cases(context.writer):
        if case.ground == GROUND and case.tenant in tenants:
            await _tell_invoice(context, cases, case)
