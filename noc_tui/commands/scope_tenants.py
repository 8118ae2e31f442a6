"""What the configured database has for `noc-tui scope`: support contracts and own cases."""

from collections.abc import Mapping
from datetime import date

from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.contract.annexe2.infogerance import SupportContract
from noc_tui.contract.annexe2.own_cases import OwnCase
from noc_tui.contract.annexe2.support_coverage import contract_of
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.queries.own_cases import read_own_cases
from noc_tui.views.published_clock import clock_of
from storage import settings
from storage.connection import Readable
from storage.register import TENANTS


def known_contracts(
    config: Configuration,
) -> tuple[Mapping[str, SupportContract], tuple[OwnCase, ...], date]:
    """Return each tenant's contract by its id, the hoster's own cases, and the day. Exit code 3
    when there is no database.
    """

    async def look(db: Readable) -> tuple[Mapping[str, SupportContract], tuple[OwnCase, ...], date]:
        now = clock_of(await settings.read_clock(db)).now()
        contracts = {
            tenant.id: contract_of(tenant.support, tenant.support_billing, tenant.support_perimeter)
            for tenant in await TENANTS.read(db)
        }
        return contracts, await read_own_cases(db), paris_day(micros(now))

    return read(config, look)
