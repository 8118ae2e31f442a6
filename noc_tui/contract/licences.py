"""Licences that are the hoster's to supply (annexe 2, row 5): which guests need one, and have one.

Proxmox knows a guest's system by family alone (`ostype`), and only as somebody set it: it says that
a licence is needed, and never which. What was supplied is noted by hand; SQL Server, Office,
Microsoft 365 and business software are the client's.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

KINDS = ("os", "hypervisor", "microsoft-service", "rds-cal")
FAMILIES = {
    "win11": "Windows 11 / Server 2022–2025",
    "win10": "Windows 10 / Server 2016–2019",
    "win8": "Windows 8 / Server 2012",
    "win7": "Windows 7 / Server 2008 R2",
    "w2k8": "Windows Server 2008",
    "wvista": "Windows Vista",
    "w2k3": "Windows Server 2003",
    "wxp": "Windows XP",
    "w2k": "Windows 2000",
}
"""By `ostype`, the families of systems that need a licence. All others are free, or the client's
own to bring."""


@dataclass(frozen=True, slots=True)
class System:
    """A guest (`rennes/101`) and its `ostype`, None where it was not read."""

    guest: str
    ostype: str | None


@dataclass(frozen=True, slots=True)
class SuppliedLicences:
    """So many operating system licences, for one guest or, where it is empty, for any."""

    guest: str
    quantity: int


@dataclass(frozen=True, slots=True)
class LicenceFinding:
    """The guests that `need` a licence, of them the `uncovered`; `unread` are not known.

    `idle` counts licences of operating systems that no guest needs.
    """

    need: tuple[str, ...]
    uncovered: tuple[str, ...]
    unread: tuple[str, ...]
    idle: int


def compare_licences(
    systems: Sequence[System], supplied: Iterable[SuppliedLicences]
) -> LicenceFinding:
    """Give each guest that needs one a licence: its own first, then one of the tenant's.

    A licence covers one guest. What a guest of its own has beyond that is for nobody else.
    """
    own: Counter[str] = Counter()
    for one in supplied:
        own[one.guest] += one.quantity
    free = own.pop("", 0)
    need = tuple(one.guest for one in systems if one.ostype in FAMILIES)
    bare = [guest for guest in need if not own[guest]]
    wanted = frozenset(need)
    spare = sum(
        number - 1 if guest in wanted else number for guest, number in own.items() if number
    )
    return LicenceFinding(
        need=need,
        uncovered=tuple(bare[free:]),
        unread=tuple(one.guest for one in systems if one.ostype is None),
        idle=spare + max(0, free - len(bare)),
    )
