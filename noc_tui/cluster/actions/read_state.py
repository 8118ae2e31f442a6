"""Reading a guest for a suspension: what is there before, and what is there after."""

from collections.abc import Iterable

from msgspec.structs import replace

from noc_tui.cluster import errors, ids
from noc_tui.cluster.actions.ha_holds import read_holds
from noc_tui.cluster.actions.state import (
    AclMark,
    Firewall,
    FirewallRule,
    FirewallService,
    GuestIdentity,
    GuestState,
    HaEntry,
    HaHold,
    Part,
    identity_of,
)
from noc_tui.cluster.answers import GuestStatus, ServiceRow, text
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.guest_location import GuestGone, locate_guest, reach_guest
from noc_tui.cluster.ids import GuestPlace
from noc_tui.i18n import _

PVE_FIREWALL, NFT_FIREWALL = "pve-firewall", "proxmox-firewall"


async def observe(gateway: Gateway, guest: GuestPlace, parts: Iterable[Part] = ()) -> GuestState:
    """A guest as it is now: three requests, and one each for HA and its managers, two for the
    access list, five for the firewall where these parts are asked for. Raises the errors of
    `noc_tui.cluster.errors`; `ObjectMissing` when it is not on that node (see `read_guest`).
    """
    wanted: frozenset[Part] = frozenset(parts)
    config = await gateway.guest_config(guest)
    pending = await gateway.guest_pending(guest)
    status = await gateway.guest_status(guest)
    return GuestState(
        guest=guest,
        name=config.values.get("hostname" if guest.kind == "lxc" else "name"),
        identity=identity_of(config.values),
        observed_at=gateway.now(),
        config=config.values,
        digest=config.digest,
        pending=pending,
        status=status.status,
        qmpstatus=status.qmpstatus,
        lock=status.lock or config.values.get("lock"),
        parts=wanted,
        ha=await _ha(gateway, guest) if "ha" in wanted else None,
        service=status.ha.state,
        holds=await _holds(gateway, guest, status) if "managers" in wanted else (),
        acl=await _acl(gateway, guest) if "acl" in wanted else None,
        firewall=await read_firewall(gateway, guest) if "firewall" in wanted else None,
    )


async def read_guest(
    gateway: Gateway,
    vmid: int,
    identity: GuestIdentity | None,
    parts: Iterable[Part] = (),
    *,
    seen: GuestPlace | None = None,
) -> GuestState:
    """The guest as it is now, wherever it is; `seen` is where it was last.

    Raises `GuestGone` where the cluster has it no more or another guest has its number (where an
    `identity` is known), and `GatewayError`s.
    """
    state = await reach_guest(
        gateway, vmid, lambda where: observe(gateway, where, parts), seen=seen
    )
    require_same(gateway, vmid, state.identity, identity)
    return state


async def read_cluster_parts(
    gateway: Gateway, record: GuestState, parts: Iterable[Part]
) -> GuestState:
    """The record, with what the whole cluster keeps of the guest as it is now: its entries in the
    access list and among the HA resources, its firewall. For a guest whose node does not answer, so
    that nothing else can be read; the list of guests must have it still. Raises as `locate_guest`
    does.
    """
    where = await locate_guest(gateway, record.guest.vmid)
    wanted = frozenset(parts)
    return replace(
        record,
        guest=where,
        observed_at=gateway.now(),
        digest=None,
        parts=wanted,
        ha=await _ha(gateway, where) if "ha" in wanted else None,
        holds=await read_holds(gateway, where) if "managers" in wanted else (),
        acl=await _acl(gateway, where) if "acl" in wanted else None,
        firewall=await read_firewall(gateway, where) if "firewall" in wanted else None,
    )


def require_same(
    gateway: Gateway, vmid: int, found: GuestIdentity, known: GuestIdentity | None
) -> None:
    """`GuestGone` where the number was given to another guest since."""
    if known is not None and not found.same_as(known):
        guest = f"{gateway.name}/{vmid}"
        raise GuestGone(_("another guest has the number {guest} now").format(guest=guest))


async def _ha(gateway: Gateway, guest: GuestPlace) -> HaEntry | None:
    try:
        return await gateway.read(f"cluster/ha/resources/{guest.sid}", HaEntry)
    except errors.ObjectMissing:
        return None


async def _holds(gateway: Gateway, guest: GuestPlace, status: GuestStatus) -> tuple[HaHold, ...]:
    """Why HA does not act; nothing is asked of a guest that it does not manage."""
    return await read_holds(gateway, guest) if status.ha.managed else ()


async def _acl(gateway: Gateway, guest: GuestPlace) -> tuple[AclMark, ...]:
    path = f"/vms/{guest.vmid}"
    return tuple(
        AclMark(entry.type, entry.ugid, entry.roleid)
        for entry in await gateway.acl()
        if entry.path == path
    )


async def read_firewall(gateway: Gateway, guest: GuestPlace) -> Firewall:
    """The guest's firewall, whether the datacenter's is on, and whether the node's service carries
    it out: five requests.
    """
    options = await gateway.read(f"{guest.firewall_path}/options", dict[str, object])
    rules = await gateway.read(f"{guest.firewall_path}/rules", list[FirewallRule])
    datacenter = await gateway.read("cluster/firewall/options", dict[str, object])
    digest = options.pop("digest", None)
    return Firewall(
        options={key: text(value) for key, value in options.items()},
        digest=None if digest is None else str(digest),
        rules=tuple(sorted(rules, key=lambda rule: rule.pos)),
        datacenter_enabled=text(datacenter.get("enable", 0)) != "0",
        service=await _firewall_service(gateway, guest.node),
    )


async def _firewall_service(gateway: Gateway, node: str) -> FirewallService:
    """The service that filters on a node: `proxmox-firewall` where its options ask for nftables,
    else `pve-firewall`. Its state is not known where the node does not answer or does not say it.
    """
    path, name = f"nodes/{ids.node(node)}", PVE_FIREWALL
    try:
        options = await gateway.read(f"{path}/firewall/options", dict[str, object])
        if text(options.get("nftables", 0)) == "1":
            name = NFT_FIREWALL
        services = await gateway.read(f"{path}/services", list[ServiceRow])
    except errors.GatewayError:
        return FirewallService(node, name, "")
    found = next((row for row in services if row.service == name), None)
    return FirewallService(node, name, "" if found is None else found.state)
