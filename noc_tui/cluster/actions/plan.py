"""Plans the steps of a suspension from a record and an order, and their inverse. Pure.

Every step has `reads` (the parts of the state, besides configuration and power, that it looks at)
and three pure methods: `finding(state)`, `request(state)` (the one write that it makes, asked only
where the finding is `todo`), and `inverse()` (the steps that undo it).

Each means is an ordered journal entry of its own with a record of its own: where two follow each
other (cut the network, later stop), the second record is taken after the first was done, and they
are undone in the opposite order.
"""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from noc_tui.cluster.actions.acl import ROLE, Bar, Principal, Unbar
from noc_tui.cluster.actions.check import StepNote
from noc_tui.cluster.actions.firewall import (
    OPEN,
    AddRule,
    Direction,
    Filter,
    FilterInEffect,
    RemoveRule,
    RestoreFirewall,
    SetFirewall,
    list_alike,
)
from noc_tui.cluster.actions.netline import NetLine
from noc_tui.cluster.actions.nics import RestoreNics, SetNics
from noc_tui.cluster.actions.power import (
    AwaitRunning,
    AwaitStopped,
    PowerOff,
    PowerOn,
    RestoreHa,
    RestoreOnboot,
    SetHa,
    SetOnboot,
    StartThroughHa,
    StayPaused,
    StopThroughHa,
)
from noc_tui.cluster.actions.state import Firewall, GuestState, HaEntry
from noc_tui.public_networks import PRIVATE, list_public

ActionStep = (
    Bar
    | Unbar
    | SetNics
    | RestoreNics
    | SetOnboot
    | RestoreOnboot
    | SetHa
    | RestoreHa
    | StopThroughHa
    | StartThroughHa
    | AwaitStopped
    | AwaitRunning
    | PowerOff
    | PowerOn
    | StayPaused
    | AddRule
    | RemoveRule
    | SetFirewall
    | RestoreFirewall
    | FilterInEffect
)


class ActionPlan(msgspec.Struct, frozen=True):
    """`steps` in their order; `notes` for the operator; with `obstacles` it cannot be carried out
    as it is, and has no steps.
    """

    steps: tuple[ActionStep, ...] = ()
    notes: tuple[StepNote, ...] = ()
    obstacles: tuple[StepNote, ...] = ()


def plan_barrier(
    record: GuestState,
    principals: Iterable[Principal],
    *,
    ours: Collection[str],
    absent: Collection[Principal] = (),
) -> ActionPlan:
    """Bar each principal that is not barred already (whose entry would not be ours to remove).

    `ours` are the accounts we act by (`Gateway.accounts`): barring one would lock us out of the
    guest, restoration included. `absent` are those that the guest's cluster does not have: there is
    nothing to bar, which is noted. Needs part `acl`.
    """
    steps: list[ActionStep] = []
    barred = tuple(dict.fromkeys(principals))
    notes = _beyond_groups(record, barred, ours)
    for principal in barred:
        if principal.id.partition("!")[0] in ours:
            return ActionPlan(obstacles=(StepNote("own_account", str(principal)),))
        if principal in absent:
            notes.append(StepNote("no_account", str(principal)))
        elif principal.is_barred(record):
            notes.append(StepNote("was_barred", str(principal)))
        else:
            steps.append(Bar(principal))
    return ActionPlan(tuple(steps), tuple(notes))


def _beyond_groups(
    record: GuestState, barred: Collection[Principal], ours: Collection[str]
) -> list[StepNote]:
    """Users with an entry on the guest itself: there, Proxmox looks at no group of theirs."""
    if not any(principal.kind == "group" for principal in barred):
        return []
    named = {*ours, *(principal.id for principal in barred if principal.kind == "user")}
    users = {
        mark.principal
        for mark in record.acl or ()
        if mark.kind == "user" and mark.principal not in named and mark.role != ROLE
    }
    return [StepNote("own_entry", user) for user in sorted(users)]


def plan_cut_network(record: GuestState) -> ActionPlan:
    """`link_down=1` on every interface that is up."""
    if record.template:
        return ActionPlan(notes=(StepNote("template"),))
    obstacles = _foreign_pending(record)
    if obstacles:
        return ActionPlan(obstacles=obstacles)
    notes = [StepNote("passthrough", key) for key in record.passthrough]
    nets = record.nets
    if not nets:
        return ActionPlan(notes=(*notes, StepNote("no_nic")))
    notes += [
        StepNote("nic_was_down", k) for k, v in nets.items() if NetLine.parse(v).has("link_down")
    ]
    return ActionPlan((SetNics("link_down", nets),), (*notes, *_lock(record)))


def plan_stop(record: GuestState, *, timeout: int = 180, may_tell_ha: bool = True) -> ActionPlan:
    """Off, and kept off over reboots of the node; under HA by HA's own state, which is written
    where the token `may_tell_ha`, and else asked for through the guest. Needs part `ha`.
    """
    if record.template:
        return ActionPlan(notes=(StepNote("template"),))
    if record.under_ha and record.ha is not None:
        return _stop_under_ha(record, record.ha, None if may_tell_ha else timeout)
    steps: list[ActionStep] = []
    notes = [*_lock(record), *_pending(record)]
    if record.onboot is not None and record.starts_at_boot:
        steps.append(SetOnboot(record.onboot))
    if record.is_off:
        notes.append(StepNote("was_off"))
    if record.is_paused:
        notes.append(StepNote("paused"))
        steps.append(StayPaused())
    else:
        # Also for a guest that is off: the step then has nothing to do, until somebody starts it.
        steps.append(PowerOff(timeout))
    return ActionPlan(tuple(steps), tuple(notes))


def _stop_under_ha(record: GuestState, ha: HaEntry, timeout: int | None) -> ActionPlan:
    """By HA's own state, or with a `timeout` through the guest."""
    if record.service == "error":
        return ActionPlan(obstacles=(StepNote("ha_error"),))
    holds = (StepNote(hold.code, hold.detail) for hold in record.holds)
    notes = (*_lock(record), *_pending(record), *holds)
    if timeout is not None:
        off = (StepNote("was_off"),) if ha.asked in ("stopped", "disabled") else ()
        through = StopThroughHa(ha.state, timeout)
        return ActionPlan((through, AwaitStopped()), (*notes, *off))
    if ha.asked in ("stopped", "disabled"):
        # HA's state is not touched, unless somebody starts the guest meanwhile.
        kept = SetHa(before=ha.state, wanted=ha.asked)
        return ActionPlan((kept, AwaitStopped()), (*notes, StepNote("was_off")))
    return ActionPlan((SetHa(before=ha.state, wanted="stopped"), AwaitStopped()), notes)


def plan_port_filter(record: GuestState, ports: Sequence[str], *, operation: str) -> ActionPlan:
    """Drop what `ports` (`direction:protocol:port`) say. Needs part `firewall`.

    `operation` is unique to the journal entry; our rules carry it in their comments. Raises
    `ValueError` for what is no such text, and where there is none: a filter of nothing.
    """
    filters = [Filter.parse(port) for port in ports]
    if not filters:
        raise ValueError("a filter without ports filters nothing")
    return _plan_filter(record, filters, operation)


def plan_public_cut(
    record: GuestState, *, operation: str, private: Sequence[str] = PRIVATE
) -> ActionPlan:
    """Drop what comes from public addresses and what goes to them, and nothing else: the networks
    in `private` (CIDR) go on. Needs part `firewall`; raises `ValueError` for what is no network.
    """
    public = list_public(tuple(private))
    sides: tuple[Direction, ...] = ("in", "out")
    filters = [Filter(side, "DROP", peers=peers) for side in sides for peers in public]
    return _plan_filter(record, filters, operation)


def _plan_filter(record: GuestState, filters: Sequence[Filter], operation: str) -> ActionPlan:
    """Of a record that is not `whole` the interfaces are not known: they are taken up, and put
    under the firewall, once the guest's node answers.
    """
    firewall = record.firewall
    if firewall is None:
        raise ValueError("the guest's firewall was not read")
    if record.template:
        return ActionPlan(notes=(StepNote("template"),))
    obstacles = list(_foreign_pending(record))
    if not firewall.datacenter_enabled:
        obstacles.append(StepNote("datacenter_firewall_off"))
    if obstacles:
        return ActionPlan(obstacles=tuple(obstacles))
    notes = [StepNote("user_mode_net", key) for key in record.user_mode_nets]
    notes += [StepNote("passthrough", key) for key in record.passthrough]
    steps = [*_rules(firewall, filters, operation)]
    unseen = {k: v for k, v in record.nets.items() if not NetLine.parse(v).has("firewall")}
    if unseen or not record.whole:
        steps.append(SetNics("firewall", record.nets))
    steps.append(FilterInEffect())
    notes.append(StepNote("established"))
    return ActionPlan(tuple(steps), (*notes, *_lock(record)))


def _rules(firewall: Firewall, filters: Sequence[Filter], operation: str) -> list[ActionStep]:
    """Each rule goes in at the top, so the last one added stands first."""
    steps: list[ActionStep] = []
    was_on = firewall.options.get("enable") == "1"
    if not was_on:
        steps.append(AddRule(f"{operation}/rest-in", Filter("in", "ACCEPT")))
        steps.append(AddRule(f"{operation}/rest-out", Filter("out", "ACCEPT")))
    for number, match in enumerate(filters):
        alike = len(list_alike(firewall, match))
        steps.append(AddRule(f"{operation}/{number}", match, alike))
    if not was_on:
        before = {key: firewall.options[key] for key in OPEN if key in firewall.options}
        steps.append(SetFirewall(before, OPEN))
    return steps


def inverse(steps: Sequence[ActionStep], record: GuestState) -> tuple[ActionStep, ...]:
    """Return the steps that restore the recorded state, in their order.

    What was off is not started: `PowerOn` and the wait for HA appear only where it ran.
    """
    found: list[ActionStep] = []
    for step in reversed(steps):
        for back in step.inverse():
            if isinstance(back, PowerOn | AwaitRunning) and record.is_off:
                continue
            found.append(back)
    return tuple(found)


def _foreign_pending(record: GuestState) -> tuple[StepNote, ...]:
    """Somebody's change of an interface that waits for the next start: ours would carry it off."""
    return tuple(
        StepNote("nic_pending", change.key)
        for change in record.pending
        if change.key.startswith("net") and change.key[3:].isdecimal()
    )


def _pending(record: GuestState) -> tuple[StepNote, ...]:
    """What somebody changed and Proxmox makes true when the guest is stopped or started."""
    return tuple(StepNote("pending_applied", change.key) for change in record.pending)


def _lock(record: GuestState) -> tuple[StepNote, ...]:
    if record.is_hibernated:
        return (StepNote("hibernated"),)
    return (StepNote("locked", record.lock),) if record.lock else ()
