"""The privileges that the tokens need, and what is hidden or impossible without each. Pure.

The table is one place; `list_missing_needs` compares it with `/access/permissions`. Sources:
the permission checks of pve-manager, qemu-server, pve-container, pve-access-control 8.4 and 9.x.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from noc_tui.i18n import N_

Purpose = Literal["read", "power", "suspend", "backup", "acts"]


@dataclass(frozen=True, slots=True)
class Need:
    """A privilege on a path (and, propagated, on everything below it), and what it is for.

    `without` is a message id: what cannot be seen or done without it, as a verb. `optional` needs
    serve estates that have what they are about, e.g. HA.
    """

    purpose: Purpose
    path: str
    privilege: str
    without: str
    optional: bool = False


ACL_NEEDS = ("/access", "Sys.Audit")
"""Path and privilege without which the access list is shown in part, or empty."""
ACCOUNT_NEEDS = ("/access/groups/each", "Sys.Audit")
"""Path (of any group) and privilege without which users and groups are shown in part."""
GUEST_SIGHT = "VM.Audit"
"""Privilege without which a guest is left out of the list of guests."""
STOP_BY_HA = ("/", "Sys.Console")
"""Path and privilege without which HA cannot be told itself to stop a guest. Proxmox's own stop of
the guest still asks HA for it, with `VM.PowerMgmt` alone.
"""
NEEDS: tuple[Need, ...] = (
    Need("read", "/", "Sys.Audit", N_("see quorum, node loads, others' tasks, HA, backup jobs")),
    Need("read", "/vms", "VM.Audit", N_("see guests: their names, states, configurations, loads")),
    Need("read", "/storage", "Datastore.Audit", N_("see storages and how full they are")),
    Need("read", "/pool", "Pool.Audit", N_("see pools, and so which guest is whose")),
    Need("read", *ACL_NEEDS, N_("see the access list, and so a client's barrier")),
    Need("power", "/vms", "VM.PowerMgmt", N_("start, shut down, reboot and stop a guest")),
    Need("suspend", "/vms", "VM.Audit", N_("read a guest before it is changed")),
    Need("suspend", "/vms", "VM.PowerMgmt", N_("stop a suspended guest, and start it again")),
    Need("suspend", "/vms", "VM.Config.Network", N_("cut a guest's network, and filter its ports")),
    Need("suspend", "/vms", "VM.Config.Options", N_("keep a stopped guest from starting at boot")),
    Need("suspend", "/sdn/zones", "SDN.Use", N_("change an interface of a guest on its bridge")),
    Need("suspend", "/vms", "Permissions.Modify", N_("bar a client from its suspended guests")),
    Need(
        "suspend",
        *STOP_BY_HA,
        N_("tell HA itself to stop a guest, also while its node is dead"),
        optional=True,
    ),
    Need("acts", "/vms", "VM.Snapshot", N_("take, roll back and delete snapshots"), optional=True),
    Need("acts", "/vms", "VM.Console", N_("open a guest's serial console"), optional=True),
    Need("acts", "/vms", "VM.Backup", N_("back a guest up now, restore for a test"), optional=True),
    Need("acts", "/vms", "VM.Migrate", N_("move a guest to another node"), optional=True),
    Need("acts", "/vms", "VM.Allocate", N_("restore a backup as another guest"), optional=True),
    Need(
        "acts",
        "/storage",
        "Datastore.AllocateSpace",
        N_("write a backup, or restore one for a test"),
        optional=True,
    ),
)
BACKUP_NEEDS: tuple[Need, ...] = (
    Need("backup", "/datastore", "Datastore.Audit", N_("see the backups on the second site")),
)


def list_missing_needs(
    permissions: Mapping[str, Mapping[str, bool]],
    purposes: Iterable[Purpose],
    needs: Iterable[Need] = NEEDS,
) -> tuple[Need, ...]:
    """The needs of these purposes that the permissions do not meet, in the table's order.

    A need counts as met by the privilege on its path or on a path above it that propagates. Where
    it is granted on parts below only (some pools, some guests), it counts as met: the rest is not
    ours to see, and what was refused stands in the snapshot's gaps.
    """
    wanted = frozenset(purposes)
    return tuple(need for need in needs if need.purpose in wanted and not _met(permissions, need))


def needs_of_version(needs: Iterable[Need], major: int) -> tuple[Need, ...]:
    """The needs that a major version knows: 7 checks no `SDN.Use`. 0 is a version nobody knows."""
    return tuple(need for need in needs if major == 0 or major >= 8 or need.privilege != "SDN.Use")


def is_granted(permissions: Mapping[str, Mapping[str, bool]], path: str, privilege: str) -> bool:
    """Whether a privilege is held on just this path: there, or above it where it propagates."""
    return any(
        privilege in found and (where == path or (found[privilege] and _is_above(where, path)))
        for where, found in permissions.items()
    )


def _met(permissions: Mapping[str, Mapping[str, bool]], need: Need) -> bool:
    return any(
        path == need.path
        or (found[need.privilege] and _is_above(path, need.path))
        or _is_part(path, need.path)
        for path, found in permissions.items()
        if need.privilege in found
    )


def _is_above(upper: str, lower: str) -> bool:
    return upper == "/" or lower.startswith(f"{upper}/")


def _is_part(path: str, whole: str) -> bool:
    """A guest, a storage or a zone; a pool's guests and storages have their rights by the pool."""
    if whole == "/":
        return False
    by_pool = whole in ("/vms", "/storage") and path.startswith("/pool/")
    return by_pool or path.startswith(f"{whole}/")
