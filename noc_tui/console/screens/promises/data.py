"""Reads what the screen of a tenant's promises shows: how it is now, and the month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from noc_tui.config.values import PromisesConfig
from noc_tui.contract.calendar import Month
from noc_tui.queries.promise_sheets import read_promise_sheets
from noc_tui.views.promise_sheet import PromiseSheet
from storage.cloud_edges import EDGE_STATES, EdgeState
from storage.connection import Readable
from storage.licences import guest_systems
from storage.resources import GUEST_INSIDES, GUEST_STRAINS, GuestInside, GuestStrain


@dataclass(frozen=True, slots=True)
class PromiseData:
    """`sheet` is None for a tenant that the register does not know; `insides` are what its virtual
    machines' agents told.
    """

    sheet: PromiseSheet | None
    strains: Sequence[GuestStrain] = ()
    edges: Sequence[EdgeState] = ()
    insides: Sequence[GuestInside] = ()


async def read_promises(
    db: Readable, config: PromisesConfig, tenant: str, month: Month, now: datetime
) -> PromiseData:
    """Everything the screen shows of one tenant."""
    sheets = await read_promise_sheets(db, config, month, now, tenant)
    if not sheets:
        return PromiseData(None)
    own = {(one.cluster, one.vmid) for one in await guest_systems(db, tenant)}
    return PromiseData(
        sheet=sheets[0],
        strains=[one for one in await GUEST_STRAINS.read(db) if one.tenant == tenant],
        edges=[one for one in await EDGE_STATES.read(db) if one.tenant == tenant],
        insides=[
            one
            for one in await GUEST_INSIDES.read(db)
            if (one.cluster, one.vmid) in own and one.agent != "container"
        ],
    )
