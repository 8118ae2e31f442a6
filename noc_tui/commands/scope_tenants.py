"""The tenants' support contracts from the configured database, for `noc-tui scope`."""

import argparse
import asyncio
from collections.abc import Mapping

from noc_tui.alive import listens
from noc_tui.commands.configured import configured
from noc_tui.commands.failure import OutOfReach
from noc_tui.config import Configuration
from noc_tui.contract.annexe2.infogerance import Contract
from noc_tui.contract.annexe2.standing import contract_of
from storage.database import Reader
from storage.errors import StorageError
from storage.register import TENANTS


def known_contracts(arguments: argparse.Namespace) -> Mapping[str, Contract]:
    """Each tenant's contract by its id. Exit code 2 without a configuration, 3 without a file."""
    return asyncio.run(_read(configured(arguments)))


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
