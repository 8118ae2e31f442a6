"""The tenants' support contracts from the configured database, for `noc-tui scope`."""

import asyncio
from collections.abc import Mapping

from noc_tui.alive import listens
from noc_tui.commands.failure import OutOfReach
from noc_tui.config import Configuration
from noc_tui.contract.annexe2.infogerance import Contract
from noc_tui.contract.annexe2.standing import contract_of
from storage.database import Reader
from storage.errors import StorageError
from storage.register import TENANTS


def known_contracts(config: Configuration) -> Mapping[str, Contract]:
    """Each tenant's contract by its id. Exit code 3 when the database cannot be read."""
    return asyncio.run(_read(config))


async def _read(config: Configuration) -> Mapping[str, Contract]:
    path = config.socket.path
    try:
        reader = await Reader.open(config.database.path, daemon_alive=lambda: listens(path))
        try:
            tenants = await TENANTS.read(reader)
        finally:
            await reader.close()
    except StorageError as error:
        raise OutOfReach(str(error)) from error
    return {
        tenant.id: contract_of(tenant.support, tenant.support_billing, tenant.support_perimeter)
        for tenant in tenants
    }
