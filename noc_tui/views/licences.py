"""The inventory of licences by tenant: what guests run against what was supplied. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from noc_tui.contract.calendar import micros, paris_day
from noc_tui.contract.licences import FAMILIES, SuppliedLicences, System, compare_licences
from storage.licences import GuestSystem, Licence


class FamilyCount(msgspec.Struct, frozen=True):
    """How many guests run a family of systems that needs a licence."""

    family: str
    guests: int


class LicenceInventory(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant's licences of a day. `need` are the guests whose system needs one, `uncovered` those
    of them without, `unread` those whose system is not known; `idle` counts licences of operating
    systems that no guest needs. `supplied` are all that were noted and hold.
    """

    tenant: str
    families: tuple[FamilyCount, ...]
    need: tuple[str, ...]
    uncovered: tuple[str, ...]
    unread: tuple[str, ...]
    idle: int
    supplied: tuple[Licence, ...]


def judge_licences(
    tenants: Iterable[str],
    systems: Iterable[GuestSystem],
    licences: Iterable[Licence],
    now: datetime,
) -> list[LicenceInventory]:
    """Return the inventory of each tenant as of now."""
    today = paris_day(micros(now))
    guests: dict[str, list[GuestSystem]] = defaultdict(list)
    for system in systems:
        guests[system.tenant].append(system)
    held: dict[str, list[Licence]] = defaultdict(list)
    for licence in licences:
        if licence.is_supplied_on(today):
            held[licence.tenant].append(licence)
    return [_judge(tenant, guests[tenant], held[tenant]) for tenant in tenants]


def _judge(tenant: str, guests: Sequence[GuestSystem], held: Sequence[Licence]) -> LicenceInventory:
    found = compare_licences(
        [System(one.place, one.ostype) for one in guests],
        [SuppliedLicences(one.guest, one.quantity) for one in held if one.kind == "os"],
    )
    counted: dict[str, int] = defaultdict(int)
    for one in guests:
        if one.ostype in FAMILIES:
            counted[FAMILIES[one.ostype]] += 1
    return LicenceInventory(
        tenant=tenant,
        families=tuple(FamilyCount(name, number) for name, number in sorted(counted.items())),
        need=found.need,
        uncovered=found.uncovered,
        unread=found.unread,
        idle=found.idle,
        supplied=tuple(held),
    )
