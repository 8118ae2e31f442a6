"""Who goes where when a node is emptied, and who stays. Pure.

The largest guests are placed first, each on the node that is left with most memory among those
that may take it: HA's rules for nodes and for guests that belong together or apart, storages and
local disks, and 90 % of a node's memory bound the choice. Guests that belong together go together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from noc_tui.cluster.guest_acts import MigrationConditions
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.ha_rules import NODE_AFFINITY, HaRule
from noc_tui.cluster.ids import GuestPlace
from noc_tui.daemon.guests.node_memory import NodeRoom, counts, roomiest

How = Literal["live", "offline", "restart"]
Why = Literal[
    "template", "locked", "unknown", "no_memory", "ha_rule", "no_storage", "local_disks",
    "local_devices", "unread", "would_stop",
]  # fmt: skip
"""Why a guest stays."""


@dataclass(frozen=True, slots=True)
class GuestMove:
    """A guest that goes; `wave` from 1."""

    guest: GuestSnapshot
    target: str
    how: How
    wave: int = 0

    @property
    def interrupts(self) -> bool:
        """Whether it stops on the way."""
        return self.how == "restart"


@dataclass(frozen=True, slots=True)
class StayingGuest:
    """A guest that stays: why, and the names that say more (a rule, volumes, a lock)."""

    guest: GuestSnapshot
    why: Why
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NodePlan:
    """A whole plan, and the nodes as they are after it."""

    moves: tuple[GuestMove, ...]
    staying: tuple[StayingGuest, ...]
    rooms: Mapping[str, NodeRoom]

    @property
    def survives_another(self) -> bool:
        """Whether, after it, the nodes that are left could take the guests of any one of them."""
        known = [room for room in self.rooms.values() if room.left is not None]
        if len(known) < len(self.rooms) or len(known) < 2:
            return False
        return all(
            sum(max(0, other.left or 0) for other in known if other is not lost) >= lost.promised
            for lost in known
        )


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What a plan is made from. `rooms` are the nodes that may take guests, as they are now;
    `placed` where each HA service of the cluster is; `conditions` Proxmox's own, by number, of
    virtual machines: one that could not be read is missing. `may_stop` says that guests may be
    stopped on the way.
    """

    rooms: Mapping[str, NodeRoom]
    rules: Sequence[HaRule]
    placed: Mapping[str, str]
    conditions: Mapping[int, MigrationConditions]
    with_local_disks: bool = False
    may_stop: bool = True


@dataclass(slots=True)
class _Planning:
    facts: PlanFacts
    rooms: dict[str, NodeRoom]
    placed: dict[str, str]
    moves: list[GuestMove] = field(default_factory=list)
    staying: list[StayingGuest] = field(default_factory=list)

    def place(self, group: Sequence[GuestSnapshot]) -> None:
        """Place guests that belong together, all on one node; who cannot go by itself stays."""
        going = [guest for guest in group if self._may_go(guest)]
        if not going:
            return
        octets = sum(counts(guest) for guest in going)
        allowed = set(self.rooms)
        for guest in going:
            allowed &= self._with_storage(guest)
        if not allowed:
            self._stay(going, "no_storage")
            return
        bound, names = self._bound_by_rules(going, allowed)
        if not bound:
            self._stay(going, "ha_rule", names)
            return
        target = self._choose(going, octets, bound)
        if target is None:
            self._stay(going, "ha_rule" if names else "no_memory", names)
            return
        self.rooms[target] = self.rooms[target].with_more(octets)
        for guest in going:
            self.placed[service_of(guest)] = target
            self.moves.append(GuestMove(guest, target, how_of(guest)))

    def _may_go(self, guest: GuestSnapshot) -> bool:
        """Whether it can move at all; one that cannot is noted."""
        found = self.facts.conditions.get(guest.vmid)
        running = guest.status != "stopped"
        if guest.template:
            return self._no(guest, "template")
        if guest.lock:
            return self._no(guest, "locked", (guest.lock,))
        if guest.status == "unknown":
            return self._no(guest, "unknown")
        if how_of(guest) == "restart" and not self.facts.may_stop:
            return self._no(guest, "would_stop")
        if guest.kind != "qemu":
            return True
        if found is None:
            return self._no(guest, "unread")
        if running and found.local_resources:
            return self._no(guest, "local_devices", tuple(found.local_resources))
        if found.local_disks and not self.facts.with_local_disks:
            return self._no(guest, "local_disks", tuple(one.volid for one in found.local_disks))
        return True

    def _no(self, guest: GuestSnapshot, why: Why, names: tuple[str, ...] = ()) -> bool:
        self.staying.append(StayingGuest(guest, why, names))
        return False

    def _stay(self, guests: Iterable[GuestSnapshot], why: Why, names: tuple[str, ...] = ()) -> None:
        self.staying += [StayingGuest(guest, why, names) for guest in guests]

    def _with_storage(self, guest: GuestSnapshot) -> set[str]:
        found = self.facts.conditions.get(guest.vmid)
        if found is None:
            return set(self.rooms)
        return {
            name
            for name in self.rooms
            if found.refusal_of(name) is None or found.blocked_by_ha(name)
        }

    def _blocked(self, guest: GuestSnapshot) -> dict[str, tuple[str, ...]]:
        """The nodes that HA keeps a guest off by what Proxmox says, and the services in the way."""
        found = self.facts.conditions.get(guest.vmid)
        blocked = {name: () if found is None else found.blocked_by_ha(name) for name in self.rooms}
        return {name: services for name, services in blocked.items() if services}

    def _bound_by_rules(
        self, going: Sequence[GuestSnapshot], allowed: set[str]
    ) -> tuple[set[str], tuple[str, ...]]:
        """The nodes that HA's rules leave, and the names of the rules that bind."""
        blocked = [self._blocked(guest) for guest in going]
        left, names = allowed.difference(*blocked), list[str]()
        services = {service_of(guest) for guest in going if guest.ha_state}
        for rule in self.facts.rules:
            mine = services & set(rule.services)
            if not mine or not rule.enabled or rule.wrong:
                continue
            before = set(left)
            if rule.kind == NODE_AFFINITY:
                if rule.strict:
                    left &= set(rule.nodes)
            elif rule.keeps_apart:
                left -= {self.placed.get(one, "") for one in set(rule.services) - mine}
            else:
                left &= self._beside(rule, mine) or left
            if left != before:
                names.append(rule.name)
        if not names:
            names = sorted({sid for one in blocked for sids in one.values() for sid in sids})
        return left, tuple(names)

    def _beside(self, rule: HaRule, mine: set[str]) -> set[str]:
        """The nodes of the others of a rule that belong together; those still to be moved count
        for nothing.
        """
        others = {self.placed.get(one, "") for one in set(rule.services) - mine}
        return others & set(self.rooms)

    def _choose(self, going: Sequence[GuestSnapshot], octets: int, bound: set[str]) -> str | None:
        """The node with most memory left, of those with the highest priority that can take it."""
        priorities: dict[str, int] = dict.fromkeys(bound, 0)
        services = {service_of(guest) for guest in going if guest.ha_state}
        for rule in self.facts.rules:
            if rule.enabled and rule.kind == NODE_AFFINITY and services & set(rule.services):
                for name in bound:
                    priorities[name] += rule.nodes.get(name, -1)
        for priority in sorted(set(priorities.values()), reverse=True):
            among = [name for name in bound if priorities[name] == priority]
            if (found := roomiest(self.rooms, octets, among)) is not None:
                return found
        return None


def plan_evacuation(guests: Iterable[GuestSnapshot], facts: PlanFacts, wave_size: int) -> NodePlan:
    """Place the guests of a node. Moves are in waves of `wave_size`: those that run on and those
    that are off first, those that stop in waves of their own behind them.
    """
    planning = _Planning(facts, dict(facts.rooms), dict(facts.placed))
    groups = _grouped(list(guests), facts.rules)
    for group in sorted(groups, key=lambda one: (-sum(map(counts, one)), one[0].vmid)):
        planning.place(group)
    moves = _in_waves(planning.moves, wave_size)
    staying = sorted(planning.staying, key=lambda one: one.guest.vmid)
    return NodePlan(tuple(moves), tuple(staying), planning.rooms)


def _grouped(guests: list[GuestSnapshot], rules: Sequence[HaRule]) -> list[list[GuestSnapshot]]:
    """The guests, those that HA's rules keep together in one group."""
    group_of: dict[int, list[GuestSnapshot]] = {guest.vmid: [guest] for guest in guests}
    by_service = {service_of(guest): guest for guest in guests if guest.ha_state}
    for rule in rules:
        if not rule.enabled or rule.wrong or rule.kind == NODE_AFFINITY or rule.keeps_apart:
            continue
        members = [by_service[one] for one in rule.services if one in by_service]
        for other in members[1:]:
            first, second = group_of[members[0].vmid], group_of[other.vmid]
            if first is not second:
                first += second
                for guest in second:
                    group_of[guest.vmid] = first
    found: list[list[GuestSnapshot]] = []
    for group in group_of.values():
        if not any(group is one for one in found):
            found.append(group)
    return found


def _in_waves(moves: Sequence[GuestMove], size: int) -> list[GuestMove]:
    ordered: list[GuestMove] = []
    wave = 0
    for stops in (False, True):
        part = [move for move in moves if move.interrupts is stops]
        for start in range(0, len(part), size):
            wave += 1
            ordered += [
                GuestMove(move.guest, move.target, move.how, wave)
                for move in part[start : start + size]
            ]
    return ordered


def how_of(guest: GuestSnapshot) -> How:
    """How a guest moves, by its kind and state."""
    if guest.status == "stopped":
        return "offline"
    return "live" if guest.kind == "qemu" else "restart"


def service_of(guest: GuestSnapshot) -> str:
    """Its HA service id."""
    return GuestPlace(guest.node, guest.kind, guest.vmid).sid
