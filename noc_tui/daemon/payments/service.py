"""Takes an accountant's export of invoices: shown first, kept once it is confirmed (R20).

Each tenant's invoices come with an entry of their own, so that a pack of one tenant holds nothing
of another. An invoice of which newer facts are kept stays as it is, and is named.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from aiohttp import web

from noc_tui.api import payments as api
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.instants import utc_instant
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.suspension.invoice_debts import facts_of, row_of, tell_cases
from noc_tui.i18n import _
from noc_tui.payments.csv_file import PaymentsFileError, ReadPayments, read_payments
from noc_tui.roles import Caller
from noc_tui.text import visible
from noc_tui.threads import in_thread
from storage.invoices import INVOICES, InvoiceRow
from storage.register import TENANTS


def build(context: Context) -> "PaymentService":
    """Build the service for the daemon's list."""
    return PaymentService(context)


@dataclass(slots=True)
class PaymentService:
    """Answers the import; nothing runs by itself."""

    context: Context
    name: str = "payments"

    def routes(self) -> Sequence[web.RouteDef]:
        return [route(api.IMPORT, self.take)]

    async def run(self) -> None:
        """Do nothing in the background."""

    async def polled(self, result: PollResult) -> None:
        """Do nothing: facts of payments come from people."""

    async def take(self, call: Call[api.PaymentsFile]) -> api.PaymentsTaken:
        """Return what the file holds; keep it where that is confirmed."""
        asked = call.body
        as_of = utc_instant(asked.as_of, "as_of")
        if as_of > self.context.clock.now():
            raise BadRequest(_("as_of: nobody knows today what will be paid later"))
        try:
            read = await in_thread(read_payments, asked.content, as_of)
        except PaymentsFileError as error:
            raise BadRequest(f"{visible(asked.name)}: {error}") from error
        rows, left_out, before = await self._compared(read)
        if asked.confirm and rows:
            await self._keep(call.who, asked, as_of, rows)
            await tell_cases(self.context, rows)
        return api.PaymentsTaken(
            kept=asked.confirm,
            invoices=tuple(_taken(row, before.get((row.tenant, row.reference))) for row in rows),
            left_out=tuple(left_out),
            unread=tuple(map(visible, read.unread)),
        )

    async def _compared(
        self, read: ReadPayments
    ) -> tuple[list[InvoiceRow], list[api.RowLeftOut], dict[tuple[str, str], InvoiceRow]]:
        """The rows to keep in the order of their tenants, those left out, and what is kept."""
        db = self.context.writer
        tenants = {row.id for row in await TENANTS.read(db)}
        known = {(row.tenant, row.reference): row for row in await INVOICES.read(db)}
        rows: list[InvoiceRow] = []
        left_out = [api.RowLeftOut(one.line, visible(one.what), one.why) for one in read.left_out]
        for one in read.invoices:
            before = known.get((one.tenant, one.facts.reference))
            what = visible(f"{one.tenant} {one.facts.reference}")
            if one.tenant not in tenants:
                why = _("the register has no such tenant")
                left_out.append(api.RowLeftOut(one.line, what, why))
            elif before is not None and before.as_of > one.facts.as_of:
                at = before.as_of.isoformat(timespec="minutes")
                why = _("newer facts are kept, of {at}").format(at=at)
                left_out.append(api.RowLeftOut(one.line, what, why))
            else:
                rows.append(row_of(one.tenant, one.facts))
        rows.sort(key=lambda row: (row.tenant, row.reference))
        return rows, sorted(left_out, key=lambda row: row.line), known

    async def _keep(
        self, who: Caller, asked: api.PaymentsFile, as_of: datetime, rows: list[InvoiceRow]
    ) -> None:
        file = {
            "file": asked.name,
            "sha256": hashlib.sha256(asked.content).hexdigest(),
            "as_of": as_of.isoformat(),
        }
        async with self.context.writer.change(actor(who)) as change:
            for tenant, mine in groupby(rows, key=lambda row: row.tenant):
                invoices = list(mine)
                entry = await change.record(
                    "payments.imported",
                    [f"tenant:{tenant}"],
                    {**file, "invoices": [row.reference for row in invoices]},
                )
                await change.put(INVOICES, invoices, by=entry)


def _taken(row: InvoiceRow, before: InvoiceRow | None) -> api.InvoiceTaken:
    return api.InvoiceTaken(
        tenant=row.tenant,
        reference=row.reference,
        amount=row.amount,
        left=facts_of(row).remaining,
        left_before=None if before is None else facts_of(before).remaining,
    )
