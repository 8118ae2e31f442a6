"""The tenants' support contracts from the configured database, for `noc-tui scope`."""

from collections.abc import Mapping

from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.contract.annexe2.infogerance import Contract
from noc_tui.contract.annexe2.standing import contract_of
from storage.register import TENANTS


def known_contracts(config: Configuration) -> Mapping[str, Contract]:
    """Each tenant's contract by its id. Exit code 3 when the database cannot be read."""
    return {
        tenant.id: contract_of(tenant.support, tenant.support_billing, tenant.support_perimeter)
        for tenant in read(config, TENANTS.read)
    }
