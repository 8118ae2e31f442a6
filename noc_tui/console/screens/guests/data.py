"""Reads what the database holds about one guest."""

from collections.abc import Sequence

import msgspec

from storage.backups import BACKUPS, Backup
from storage.connection import Readable
from storage.estate_facts import ESTATE_FACTS, EstateFact
from storage.guests import GUESTS, Guest
from storage.register import TENANT_POOLS
from storage.resources import GUEST_INSIDES, GuestInside
from storage.suspension import held_guests


class GuestRecord(msgspec.Struct, frozen=True):
    """What the database says of the guest; `inside` is None until it was asked. `case` is the
    suspension that it is under, empty for none; `rules` those of HA that name it.
    """

    guest: Guest | None
    tenant: str
    backups: list[Backup]
    inside: GuestInside | None = None
    case: str = ""
    rules: Sequence[EstateFact] = ()


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
    return GuestRecord(
        guest=guest,
        tenant=owners[0] if owners else "",
        backups=kept,
        inside=inside,
        case=case,
        rules=[] if guest is None else await _rules(db, guest),
    )


async def _rules(db: Readable, guest: Guest) -> list[EstateFact]:
    """The rules of HA whose words name the guest as a service (`vm:101`)."""
    service = f"{'ct' if guest.kind == 'lxc' else 'vm'}:{guest.vmid}"
    return [
        row
        for row in await ESTATE_FACTS.read(db)
        if (row.cluster, row.topic) == (guest.cluster, "ha-rule")
        and service in row.said.replace(",", " ").split()
    ]
