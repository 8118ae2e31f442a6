"""Checks whether a suspended guest is still as ordered, with one configuration read.

Its power is in each poll, the access list and HA in the slow one; only its configuration is read
for it alone. Where ports are filtered, the firewall's options and rules are read besides.
"""

from collections.abc import Iterable, Sequence

from noc_tui.cluster.actions.check import StepFinding
from noc_tui.cluster.actions.plan import ActionStep
from noc_tui.cluster.actions.read_state import read_firewall, require_same
from noc_tui.cluster.actions.state import AclMark, Firewall, GuestState, HaEntry, Part, identity_of
from noc_tui.cluster.answers import AclEntry, ConfigAnswer
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.guest_location import reach_guest
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.ids import GuestPlace
from noc_tui.cluster.row_figures import UNKNOWN
from noc_tui.cluster.slow import HaResource


async def find_drift(
    steps: Sequence[ActionStep],
    record: GuestState,
    gateway: Gateway,
    guest: GuestSnapshot,
    *,
    acl: Iterable[AclEntry] | None,
    ha: Iterable[HaResource] | None,
) -> tuple[tuple[ActionStep, StepFinding], ...]:
    """The steps that can be judged, with what each finds; drift is every finding not `done`.

    `guest` is the polled one, `acl` and `ha` of the last slow poll (None: not known, so that their
    steps are left out). While the guest's state is unknown nothing can be judged, and nothing is
    asked. Raises `GuestGone` when another guest has its number, and `GatewayError`s.
    """
    if guest.status == UNKNOWN:
        return ()
    parts: set[Part] = {"managers"}  # a guest that runs is drift, whatever HA waits for
    parts |= {"acl"} if acl is not None else set()
    parts |= {"ha"} if ha is not None else set()
    parts |= {"firewall"} if any("firewall" in step.reads for step in steps) else set()

    async def read(where: GuestPlace) -> tuple[GuestPlace, ConfigAnswer, Firewall | None]:
        config = await gateway.guest_config(where)
        require_same(gateway, guest.vmid, identity_of(config.values), record.identity)
        return where, config, await read_firewall(gateway, where) if "firewall" in parts else None

    polled = GuestPlace(guest.node, guest.kind, guest.vmid)
    where, config, firewall = await reach_guest(gateway, guest.vmid, read, seen=polled)
    state = GuestState(
        guest=where,
        name=guest.name,
        identity=identity_of(config.values),
        observed_at=gateway.now(),
        config=config.values,
        digest=config.digest,
        pending=(),
        status="stopped" if guest.status == "stopped" else "running",
        qmpstatus=guest.status,
        lock=config.values.get("lock"),
        parts=frozenset(parts),
        ha=_ha(where, ha or ()),
        service=guest.ha_state,
        acl=_acl(where, acl or ()),
        firewall=firewall,
    )
    return tuple((step, step.finding(state)) for step in steps if step.reads <= parts)


def _ha(guest: GuestPlace, rows: Iterable[HaResource]) -> HaEntry | None:
    found = next((row for row in rows if row.sid == guest.sid), None)
    return None if found is None else HaEntry(found.sid, found.state, found.digest)


def _acl(guest: GuestPlace, entries: Iterable[AclEntry]) -> tuple[AclMark, ...]:
    path = f"/vms/{guest.vmid}"
    return tuple(AclMark(e.type, e.ugid, e.roleid) for e in entries if e.path == path)
