"""The debts of tenants as they are stored: accounting's invoices, and the cases about them."""

from noc_tui.queries.suspension_cases import read_cases
from noc_tui.views.debts import Debt, join_debts
from storage.connection import Readable
from storage.invoices import INVOICES


async def read_debts(db: Readable, tenant: str = "") -> list[Debt]:
    """Return what is known of every debt, or of a tenant's."""
    debts = join_debts(await INVOICES.read(db), await read_cases(db))
    return [debt for debt in debts if tenant in ("", debt.tenant)]
