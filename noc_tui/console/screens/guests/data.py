"""Reads what the database holds about one guest."""

import msgspec

from storage.backups import BACKUPS, Backup
from storage.connection import Readable
from storage.guests import GUESTS, Guest
from storage.register import TENANT_POOLS
from storage.resources import GUEST_INSIDES, GuestInside
from storage.suspension import held_guests


class GuestRecord(msgspec.Struct, frozen=True):
    """What the database says of the guest; `inside` is None until it was asked. `case` is the
    suspension that it is under, empty for none.
    """

    guest: Guest | None
    tenant: str
    backups: list[Backup]
    inside: GuestInside | None = None
    case: str = ""


async def read_guest(db: Readable, cluster: str, vmid: int) -> GuestRecord:
    """Return what is stored of it; its tenant is the one that its pool belongs to now (R4)."""
    guest = await GUESTS.get(db, cluster, vmid)
    pool = "" if guest is None else guest.pool or ""
    pools = await TENANT_POOLS.read(db)
    owners = [
        row.tenant
        for row in pools
        if (row.cluster, row.pool) == (cluster, pool) and row.valid_until is None
    ]
    kept = [row for row in await BACKUPS.read(db) if (row.cluster, row.vmid) == (cluster, vmid)]
    inside = await GUEST_INSIDES.get(db, cluster, vmid)
    case = (await held_guests(db)).get((cluster, vmid), "")
    return GuestRecord(guest, owners[0] if owners else "", kept, inside, case)
