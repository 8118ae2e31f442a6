"""Reads what the screen of a tenant's promises shows: how it is now, and the month."""

from dataclasses import dataclass
from datetime import datetime

from noc_tui.config.values import PromisesConfig
from noc_tui.contract.calendar import Month
from noc_tui.queries.promise_sheets import read_present_promises, read_promise_sheets
from noc_tui.views.promise_sheet import PresentPromises, PromiseSheet
from storage.connection import Readable


@dataclass(frozen=True, slots=True)
class PromiseData:
    """`sheet` is None for a tenant that the register does not know."""

    sheet: PromiseSheet | None
    present: PresentPromises


async def read_promises(
    db: Readable, config: PromisesConfig, tenant: str, month: Month, now: datetime
) -> PromiseData:
    """Everything the screen shows of one tenant."""
    sheets = await read_promise_sheets(db, config, month, now, tenant)
    present = await read_present_promises(db, tenant)
    return PromiseData(sheets[0] if sheets else None, present)
