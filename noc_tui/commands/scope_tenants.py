"""The tenants' support contracts from the configured database, for `noc-tui scope`."""

from collections.abc import Mapping
from datetime import date

from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.contract.annexe2.infogerance import SupportContract
from noc_tui.contract.annexe2.support_coverage import contract_of
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.views.published_clock import clock_of
from storage import settings
from storage.connection import Readable
from storage.register import TENANTS


def known_contracts(config: Configuration) -> tuple[Mapping[str, SupportContract], date]:
    """Return each tenant's contract by its id, and the day. Exit code 3 when there is no
    database.
    """

    async def look(db: Readable) -> tuple[Mapping[str, SupportContract], date]:
        now = clock_of(await settings.read_clock(db)).now()
        contracts = {
            tenant.id: contract_of(tenant.support, tenant.support_billing, tenant.support_perimeter)
            for tenant in await TENANTS.read(db)
        }
        return contracts, paris_day(micros(now))

    return read(config, look)
