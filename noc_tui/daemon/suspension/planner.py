"""Plans the actions of the contract terms on guests: what to record, what to do and how to undo it.

For each action on each guest the journal keeps the guest's state before and the planned steps
(`PlannedAction`). The client's barrier is an action like the others, and always the first.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

import msgspec

from noc_tui.cluster import errors
from noc_tui.cluster.actions import (
    DOUBTS,
    NOTES,
    ActionPlan,
    ActionStep,
    GuestIdentity,
    GuestState,
    Principal,
    StepNote,
    plan_barrier,
    plan_cut_network,
    plan_port_filter,
    plan_public_cut,
    plan_stop,
    read_cluster_parts,
    read_guest,
)
from noc_tui.cluster.actions.firewall import OURS
from noc_tui.cluster.actions.state import Part, identity_of
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.guest_location import reach_guest
from noc_tui.cluster.privileges import STOP_BY_HA, is_granted
from noc_tui.cluster.row_figures import UNKNOWN
from noc_tui.config import SuspensionConfig
from noc_tui.contract.suspension.ports import ports_of
from noc_tui.contract.suspension.values import BARRIER, Case, GuestId, PlannedGuest
from noc_tui.contract.terms import Effect, Terms
from noc_tui.daemon.core.snapshot_cache import SnapshotCache
from noc_tui.daemon.suspension import store
from noc_tui.i18n import _
from noc_tui.kept_words import keep_words, without_marks
from noc_tui.text import visible
from storage.connection import Readable

_PARTS: Mapping[Effect, frozenset[Part]] = {
    "barrier": frozenset({"acl"}),
    "stop": frozenset({"ha", "managers"}),
    "filter": frozenset({"firewall"}),
    "public": frozenset({"firewall"}),
    "network": frozenset(),
    "none": frozenset(),
}


NODELESS: frozenset[Effect] = frozenset({BARRIER, "stop", "filter", "public"})
"""Effects of which something can be done while the guest's node does not answer."""


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """What a plan takes of a cluster as a whole: whom of the case's barrier it does not have
    (`absent`), and whether the token for changes may tell HA itself what is wanted of a guest.
    """

    absent: tuple[Principal, ...] = ()
    may_tell_ha: bool = True


class PlannedAction(msgspec.Struct, frozen=True):
    """One action on one guest as the journal keeps it: the state before, and the steps."""

    state: GuestState
    steps: tuple[ActionStep, ...]
    notes: tuple[StepNote, ...] = ()


MEASURE = msgspec.json.Decoder(PlannedAction)


def encode_measure(measure: PlannedAction) -> str:
    """Return the journal's text of an action on a guest; `MEASURE` decodes it."""
    return msgspec.json.encode(measure).decode()


def order_of(case: Case) -> tuple[str, ...]:
    """Return the actions of a plan in the order in which they are applied: the barrier first, so
    that the client does not undo what follows.
    """
    others = tuple(means for means in case.plan.means if means != BARRIER)
    return (BARRIER, *others) if case.plan.barrier else others


def word_note(note: StepNote) -> str:
    """Return a note in the language in use."""
    return _(NOTES[note.code]).format(detail=visible(note.detail))


def keep_note(note: StepNote) -> str:
    """Return a note as it is kept on a row, in both languages."""
    return keep_words(NOTES[note.code], detail=without_marks(visible(note.detail)))


def _barred(case: Case) -> list[Principal]:
    return [Principal.parse(name) for name in case.plan.barrier]


def parts_of(case: Case, terms: Terms) -> frozenset[Part]:
    """Return the parts of a guest's state that the case's actions read, besides configuration,
    pending changes and status.
    """
    return frozenset().union(*(_PARTS[_effect(means, terms)] for means in order_of(case)))


def effects_of(case: Case, terms: Terms) -> tuple[Effect, ...]:
    """What the case's means do to a guest: `barrier`, `network`, `stop`, `filter`, `public`,
    `none`.
    """
    return tuple(_effect(means, terms) for means in order_of(case))


def asks_client(means: str, terms: Terms) -> bool:
    """Whether a means only asks something of the client: nothing is changed by it."""
    return _effect(means, terms) == "none"


def standing_doubts(measure: PlannedAction) -> tuple[str, ...]:
    """What keeps a means on a guest from being known to work by its settings alone, in words."""
    return tuple(keep_note(note) for note in measure.notes if note.code in DOUBTS)


def stops(case: Case, terms: Terms) -> bool:
    """Return whether the plan stops its guests."""
    return any(_effect(means, terms) == "stop" for means in case.plan.means)


def _effect(means: str, terms: Terms) -> Effect:
    return BARRIER if means == BARRIER else terms.means_of(means).effect


@dataclass(frozen=True, slots=True)
class Measures:
    """Reads guests and plans actions on them."""

    gateways: Mapping[str, Gateway]
    estate: SnapshotCache
    db: Readable
    config: SuspensionConfig
    secret: bool = False
    """Whether the comments of firewall rules, which a client may read, name no case and means."""

    def _mark(self, case: Case, means: str) -> str:
        """What tells our rules of a means in a case from all others."""
        plain = f"{case.id}-{means}"
        return hashlib.sha256(plain.encode()).hexdigest()[:12] if self.secret else plain

    def gateway(self, ref: GuestId) -> Gateway:
        """The way to the guest's cluster; `NotConfigured` when there is none."""
        found = self.gateways.get(ref.cluster)
        if found is None:
            raise errors.NotConfigured(f"{ref.cluster}: no such cluster is configured")
        return found

    def node_of(self, guest: PlannedGuest) -> str:
        """`cluster/node` where the guest was last seen, for limits."""
        snapshot = self.estate.snapshots.get(guest.ref.cluster)
        seen = snapshot.guests.get(guest.ref.vmid) if snapshot is not None else None
        return f"{guest.ref.cluster}/{seen.node if seen is not None else '?'}"

    async def state(self, guest: PlannedGuest, parts: frozenset[Part]) -> GuestState:
        """The guest now, wherever it is. `GuestGone` when it is nowhere, or is another one."""
        known = msgspec.json.decode(guest.identity, type=GuestIdentity) if guest.identity else None
        seen = self.estate.last_place(guest.ref.cluster, guest.ref.vmid)
        return await read_guest(self.gateway(guest.ref), guest.ref.vmid, known, parts, seen=seen)

    async def identity(self, guest: PlannedGuest) -> str:
        """What tells the guest from a later one with its number, as JSON; one request."""
        gateway = self.gateway(guest.ref)
        seen = self.estate.last_place(guest.ref.cluster, guest.ref.vmid)
        config = await reach_guest(gateway, guest.ref.vmid, gateway.guest_config, seen=seen)
        return msgspec.json.encode(identity_of(config.values)).decode()

    async def taken(
        self, case: Case, guest: PlannedGuest, means: str
    ) -> tuple[PlannedAction, ActionPlan]:
        """The record of the guest for that means, and the plan made on it.

        `Conflict` where the terms that say what the means does are not kept.
        """
        terms = await store.terms_of(self.db, case)
        effect = _effect(means, terms)
        try:
            state = await self.state(guest, _PARTS[effect])
        except errors.Unreachable as error:
            state = await self._without_node(guest, effect, error)
        state, died = _as_ordered(case, guest, state)
        facts = await self._facts(case, guest, effect, state)
        plan = self.planned(case, guest, means, state, terms, facts)
        return PlannedAction(state, plan.steps, (*died, *plan.notes, *plan.obstacles)), plan

    async def _without_node(
        self, guest: PlannedGuest, effect: Effect, error: errors.Unreachable
    ) -> GuestState:
        """The record of a guest whose node does not answer, for what needs no node: the client's
        barrier, the guest's firewall, and the state that HA is asked for. Raises `error` for all
        else, and where nothing tells the guest from another one with its number.
        """
        seen = self.estate.last_place(guest.ref.cluster, guest.ref.vmid)
        located = not isinstance(error, errors.GuestNotLocated)
        if seen is None or not guest.identity or effect not in NODELESS or not located:
            raise error
        gateway = self.gateway(guest.ref)
        known = GuestState(
            guest=seen,
            name=guest.name,
            identity=msgspec.json.decode(guest.identity, type=GuestIdentity),
            observed_at=gateway.now(),
            config={},
            digest=None,
            pending=(),
            status="running",
            qmpstatus=None,
            lock=None,
            parts=frozenset(),
            whole=False,
        )
        state = await read_cluster_parts(gateway, known, _PARTS[effect])
        if effect == "stop" and not (state.ha is not None and state.ha.asked == "started"):
            raise error
        return state

    def runs(self, ref: GuestId) -> bool:
        """Whether the guest ran when it was last seen, which for one of a dead node was before."""
        snapshot = self.estate.snapshots.get(ref.cluster)
        guest = None if snapshot is None else snapshot.guests.get(ref.vmid)
        if guest is None:
            return False
        status = guest.last_status if guest.status == UNKNOWN else guest.status
        return status not in (None, UNKNOWN, "stopped")

    def under_ha(self, guest: PlannedGuest) -> bool:
        """Whether HA surely manages the guest, by the last slow poll."""
        slow = self.estate.slow.get(guest.ref.cluster)
        seen = self.estate.last_place(guest.ref.cluster, guest.ref.vmid)
        if slow is None or seen is None:
            return False
        rows = slow.ha_resources or ()
        return any(row.sid == seen.sid and row.state != "ignored" for row in rows)

    def needs_no_node(self, guest: PlannedGuest, means: str, terms: Terms) -> bool:
        """Whether something of a means can be done while the guest's node does not answer: its
        firewall, and through HA its stop.
        """
        effect = _effect(means, terms)
        return effect in NODELESS and (effect != "stop" or self.under_ha(guest))

    async def absent(self, case: Case, cluster: str) -> tuple[Principal, ...]:
        """Whom of the case's barrier a cluster surely does not have: a tenant's accounts need not
        be in each cluster where it has guests. Raises `GatewayError`.
        """
        barred = _barred(case)
        gateway = self.gateways.get(cluster)
        there = await gateway.principals() if gateway is not None and barred else None
        return () if there is None else tuple(one for one in barred if not one.is_among(there))

    async def may_tell_ha(self, cluster: str) -> bool:
        """Whether the token for changes may write what HA is asked for. Raises `GatewayError`."""
        gateway = self.gateways.get(cluster)
        if gateway is None:
            return True
        return is_granted(await gateway.permissions(of_action_token=True), *STOP_BY_HA)

    async def _facts(
        self, case: Case, guest: PlannedGuest, effect: Effect, state: GuestState
    ) -> ClusterFacts:
        """What the effect needs to know of the guest's cluster. Raises `GatewayError`."""
        cluster = guest.ref.cluster
        if effect == BARRIER:
            return ClusterFacts(absent=await self.absent(case, cluster))
        if effect == "stop" and state.under_ha:
            return ClusterFacts(may_tell_ha=await self.may_tell_ha(cluster))
        return ClusterFacts()

    def planned(
        self,
        case: Case,
        guest: PlannedGuest,
        means: str,
        state: GuestState,
        terms: Terms,
        facts: ClusterFacts,
    ) -> ActionPlan:
        """The steps of a means on a guest in that state."""
        effect = _effect(means, terms)
        operation = f"{OURS}{self._mark(case, means)}"
        match effect:
            case "barrier":
                ours = self.gateway(guest.ref).accounts
                return plan_barrier(state, _barred(case), ours=ours, absent=facts.absent)
            case "network":
                return plan_cut_network(state)
            case "stop":
                seconds = self.config.shutdown_seconds
                return plan_stop(state, timeout=seconds, may_tell_ha=facts.may_tell_ha)
            case "filter":
                ports = ports_of(case.plan, terms.means_of(means))
                return plan_port_filter(state, ports, operation=operation)
            case "public":
                private = self.config.private_networks
                return plan_public_cut(state, operation=operation, private=private)
            case "none":
                return ActionPlan()
            case _:
                assert_never(effect)


def _as_ordered(
    case: Case, guest: PlannedGuest, state: GuestState
) -> tuple[GuestState, tuple[StepNote, ...]]:
    """The record of a guest that went off with its node between the order and the first look at it:
    what it was is what it was when it was ordered. Under HA that is HA's to know.
    """
    went = guest.ref in case.ran and state.is_off and not state.is_hibernated
    if not went or state.under_ha:
        return state, ()
    ran = msgspec.structs.replace(state, status="running", qmpstatus=None)
    return ran, (StepNote("ran_when_ordered"),)
