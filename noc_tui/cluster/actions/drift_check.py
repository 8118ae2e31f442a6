"""Whether a suspended guest is still as ordered, at the price of one configuration read.

Its power is in each poll, the access list and HA in the slow one; only its configuration is read
for it alone. Where ports are filtered, the firewall's options and rules are read besides.
"""

from collections.abc import Iterable, Sequence

from noc_tui.cluster.actions.check import Finding
from noc_tui.cluster.actions.execute import GuestGone
from noc_tui.cluster.actions.plan import Step
from noc_tui.cluster.actions.read_state import read_firewall
from noc_tui.cluster.actions.state import AclMark, GuestState, HaEntry, Part, identity_of
from noc_tui.cluster.answers import AclEntry
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.ids import GuestRef
from noc_tui.cluster.slow import HaResource
from noc_tui.cluster.snapshot import UNKNOWN, Guest


async def watch(
    steps: Sequence[Step],
    record: GuestState,
    gateway: Gateway,
    guest: Guest,
    *,
    acl: Iterable[AclEntry] | None,
    ha: Iterable[HaResource] | None,
) -> tuple[tuple[Step, Finding], ...]:
    """The steps that can be judged, with what each finds; drift is every finding not `done`.

    `guest` is the polled one, `acl` and `ha` of the last slow poll (None: not known, so that their
    steps are left out). While the guest's state is unknown nothing can be judged, and nothing is
    asked. Raises `GuestGone` when another guest has its number, and `GatewayError`s.
    """
    if guest.status == UNKNOWN:
        return ()
    where = GuestRef(guest.node, guest.kind, guest.vmid)
    config = await gateway.guest_config(where)
    identity = identity_of(config.values)
    if not identity.same_as(record.identity):
        raise GuestGone(f"another guest has the number {guest.vmid} now")
    parts: set[Part] = set()
    parts |= {"acl"} if acl is not None else set()
    parts |= {"ha"} if ha is not None else set()
    firewall = None
    if any("firewall" in step.reads for step in steps):
        parts.add("firewall")
        firewall = await read_firewall(gateway, where)
    state = GuestState(
        guest=where,
        name=guest.name,
        identity=identity,
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


def _ha(guest: GuestRef, rows: Iterable[HaResource]) -> HaEntry | None:
    found = next((row for row in rows if row.sid == guest.sid), None)
    return None if found is None else HaEntry(found.sid, found.state, found.digest)


def _acl(guest: GuestRef, entries: Iterable[AclEntry]) -> tuple[AclMark, ...]:
    path = f"/vms/{guest.vmid}"
    return tuple(AclMark(e.type, e.ugid, e.roleid) for e in entries if e.path == path)
