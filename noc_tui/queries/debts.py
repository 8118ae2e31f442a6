"""The debts of tenants as they are stored: accounting's invoices, and the cases about them."""

from datetime import datetime

from noc_tui.contract.suspension.late_payment import GROUND
from noc_tui.queries.suspension_cases import CASE, read_cases
from noc_tui.views.debts import Debt, LaterDebt, find_later_debts, join_debts
from storage.connection import Readable
from storage.invoices import INVOICES, invoices_of
from storage.suspension import cases_on_ground


async def read_debts(db: Readable, tenant: str = "") -> list[Debt]:
    """Return what is known of every debt, or of a tenant's."""
    debts = join_debts(await INVOICES.read(db), await read_cases(db))
    return [debt for debt in debts if tenant in ("", debt.tenant)]


async def read_later_debts(db: Readable, now: datetime) -> list[LaterDebt]:
    """Return what went unpaid after the debts of cases; little is read where there is no case."""
    cases = [CASE.decode(row.document) for row in await cases_on_ground(db, GROUND)]
    tenants = sorted({case.tenant for case in cases})
    invoices = [row for tenant in tenants for row in await invoices_of(db, tenant)]
    return find_later_debts(join_debts(invoices, cases), now)
