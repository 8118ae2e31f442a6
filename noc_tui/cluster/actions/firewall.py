"""Filtering ports by the guest's own firewall, so that the rest goes on.

A guest whose firewall was off must lose nothing but what is filtered: the firewall is turned on
with every policy open and its other guards off, and a catch-all below our rules keeps rules that
were written but never in force from coming into force. Established connections survive a filter;
where that matters, the network is cut.

A guest's firewall is a file of the whole cluster: it is read and written at whichever node answers,
and is in force wherever HA starts the guest.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import msgspec

from noc_tui.cluster.actions.check import DONE, TODO, StepFinding, StepNote, Write, with_digest
from noc_tui.cluster.actions.netline import NetLine
from noc_tui.cluster.actions.state import (
    Firewall,
    FirewallRule,
    FirewallService,
    GuestState,
    Part,
)

FIREWALL: frozenset[Part] = frozenset({"firewall"})
Direction = Literal["in", "out"]

OURS = "noc-"
"""How the comments of our rules begin, whichever case they are of."""
# On, and yet nothing filtered but by a rule.
OPEN: Mapping[str, str] = {
    "enable": "1",
    "policy_in": "ACCEPT",
    "policy_out": "ACCEPT",
    "macfilter": "0",
    "ipfilter": "0",
    "radv": "1",
}


class Filter(msgspec.Struct, frozen=True):
    """What a rule matches: `proto` and `dport` None for any. `peers` are the addresses on the other
    side, as the server's lists are written; None for any.
    """

    direction: Direction
    action: Literal["DROP", "ACCEPT"]
    proto: str | None = None
    dport: str | None = None
    peers: str | None = None

    @property
    def label(self) -> str:
        """`direction:protocol:port`, and the first of the addresses."""
        peers = f":{self.peers.partition(',')[0]},…" if self.peers else ""
        return f"{self.direction}:{self.proto or '*'}:{self.dport or '*'}{peers}"

    @classmethod
    def parse(cls, text: str) -> "Filter":
        """From `direction:protocol:port` of the terms file, `*` for any. Raises ValueError."""
        direction, _, rest = text.partition(":")
        proto, _, port = rest.partition(":")
        if direction not in ("in", "out") or not proto or not port:
            raise ValueError(f"{text!r} is no direction:protocol:port")
        if port != "*" and proto not in ("tcp", "udp"):
            raise ValueError(f"{text!r}: a port needs tcp or udp")
        side: Direction = "in" if direction == "in" else "out"
        return cls(side, "DROP", None if proto == "*" else proto, None if port == "*" else port)


def list_alike(firewall: Firewall, match: Filter) -> tuple[FirewallRule, ...]:
    """Return the enabled rules that do just what `match` does, and are not marked as ours."""
    return tuple(
        rule
        for rule in firewall.rules
        if (rule.type, rule.action) == (match.direction, match.action)
        and (rule.proto, rule.dport) == (match.proto, match.dport)
        and _addresses(rule) == (match.peers, None)
        and rule.enabled
        and not rule.narrows
        and not (rule.comment or "").startswith(OURS)
    )


def _addresses(rule: FirewallRule) -> tuple[str | None, str | None]:
    """Those on the other side of a rule, and those on the guest's own."""
    inward = rule.type == "in"
    return (rule.source, rule.dest) if inward else (rule.dest, rule.source)


class AddRule(msgspec.Struct, frozen=True, tag="add_rule"):
    """Add a rule at the top. `mark` is its comment, by which it is found: rules have no id.

    `alike` is how many rules did the same before. One more without our comment may be ours, its
    comment edited: it is counted as in force, and left on the way back, which says so. None (of
    records that did not count) recognises nothing.
    """

    reads: ClassVar[frozenset[Part]] = FIREWALL
    mark: str
    match: Filter
    alike: int | None = None

    def finding(self, state: GuestState) -> StepFinding:
        firewall = _firewall(state)
        ours = [rule for rule in firewall.rules if rule.comment == self.mark and rule.enabled]
        if not ours and (edited := _edited(firewall, self.match, self.alike)):
            return StepFinding("done", (StepNote("rule_edited", str(edited[0].pos)),))
        if not ours:
            return StepFinding("todo", (StepNote("rule_missing", self.match.label),))
        if self.match.action == "ACCEPT":
            return DONE
        above = _lets_through(firewall, self.match.direction, ours[0].pos, self.mark)
        return StepFinding("moved", (StepNote("rule_shadowed", str(above.pos)),)) if above else DONE

    def request(self, state: GuestState) -> Write:
        values: dict[str, str | int] = {
            "type": self.match.direction,
            "action": self.match.action,
            "enable": 1,
            "comment": self.mark,
        }
        if self.match.proto is not None:
            values["proto"] = self.match.proto
        if self.match.dport is not None:
            values["dport"] = self.match.dport
        if self.match.peers is not None:
            values["source" if self.match.direction == "in" else "dest"] = self.match.peers
        return Write("POST", f"{state.guest.firewall_path}/rules", values)

    def inverse(self) -> "tuple[RemoveRule, ...]":
        return (RemoveRule(self.mark, self.match, self.alike),)


class RemoveRule(msgspec.Struct, frozen=True, tag="remove_rule"):
    """Remove our rule wherever it stands now; once more where it stands twice. A rule that does the
    same under another comment may be ours or somebody's own: it is left, and told.
    """

    reads: ClassVar[frozenset[Part]] = FIREWALL
    mark: str
    match: Filter
    alike: int | None = None

    def finding(self, state: GuestState) -> StepFinding:
        if self._ours(state):
            return TODO
        left = _edited(_firewall(state), self.match, self.alike)
        notes = (StepNote("rule_left", str(rule.pos)) for rule in left)
        return StepFinding("done", tuple(notes))

    def request(self, state: GuestState) -> Write:
        last = self._ours(state)[-1]
        path = f"{state.guest.firewall_path}/rules/{last.pos}"
        return Write("DELETE", path, with_digest({}, last.digest))

    def inverse(self) -> tuple[AddRule, ...]:
        return (AddRule(self.mark, self.match, self.alike),)

    def _ours(self, state: GuestState) -> list[FirewallRule]:
        return [rule for rule in _firewall(state).rules if rule.comment == self.mark]


class FilterInEffect(msgspec.Struct, frozen=True, tag="filter_in_effect"):
    """Every level on which a filter depends: the datacenter's firewall, the service of the guest's
    node, the guest's firewall, and each interface under it. Writes nothing; `moved` names the
    levels that are off, and a service of which nothing is known is noted.
    """

    reads: ClassVar[frozenset[Part]] = FIREWALL

    def finding(self, state: GuestState) -> StepFinding:
        firewall = _firewall(state)
        notes = [] if firewall.datacenter_enabled else [StepNote("datacenter_firewall_off")]
        if (service := firewall.service) is not None and service.runs is False:
            detail = f"{service.node}: {service.name} ({service.state})"
            notes.append(StepNote("firewall_service_off", detail))
        if firewall.options.get("enable") != "1":
            notes.append(StepNote("guest_firewall_off"))
        notes += [
            StepNote("outside_firewall", key)
            for key, line in state.nets.items()
            if not NetLine.parse(line).has("firewall")
        ]
        if notes:
            return StepFinding("moved", tuple(notes))
        return DONE if service is None or service.runs else _unknown(service)

    def request(self, state: GuestState) -> Write:
        raise AssertionError("this step never writes")

    def inverse(self) -> tuple[()]:
        return ()


def _unknown(service: FirewallService) -> StepFinding:
    detail = f"{service.node}: {service.name}"
    return StepFinding("done", (StepNote("firewall_service_unknown", detail),))


class SetFirewall(msgspec.Struct, frozen=True, tag="set_firewall"):
    """Set the options in `wanted`; `before` has those that were set, as they stood."""

    reads: ClassVar[frozenset[Part]] = FIREWALL
    before: Mapping[str, str]
    wanted: Mapping[str, str]

    def finding(self, state: GuestState) -> StepFinding:
        options = _firewall(state).options
        if all(options.get(key) == value for key, value in self.wanted.items()):
            return DONE
        return StepFinding("todo", (StepNote("filter_off"),))

    def request(self, state: GuestState) -> Write:
        digest = _firewall(state).digest
        return Write(
            "PUT", f"{state.guest.firewall_path}/options", with_digest(dict(self.wanted), digest)
        )

    def inverse(self) -> "tuple[RestoreFirewall, ...]":
        return (RestoreFirewall(self.before, self.wanted),)


class RestoreFirewall(msgspec.Struct, frozen=True, tag="restore_firewall"):
    """Give the options back their values, or their absence, where they are still ours."""

    reads: ClassVar[frozenset[Part]] = FIREWALL
    before: Mapping[str, str]
    ours: Mapping[str, str]

    def finding(self, state: GuestState) -> StepFinding:
        options = _firewall(state).options
        notes = tuple(
            StepNote("firewall_changed", key)
            for key, value in self.ours.items()
            if options.get(key) not in (value, self.before.get(key))
        )
        return StepFinding("todo" if self._open(state) else "done", notes)

    def request(self, state: GuestState) -> Write:
        keys = self._open(state)
        values: dict[str, str | int] = {k: self.before[k] for k in keys if k in self.before}
        absent = [key for key in keys if key not in self.before]
        if absent:
            values["delete"] = ",".join(absent)
        digest = _firewall(state).digest
        return Write("PUT", f"{state.guest.firewall_path}/options", with_digest(values, digest))

    def inverse(self) -> tuple[SetFirewall, ...]:
        return (SetFirewall(self.before, self.ours),)

    def _open(self, state: GuestState) -> list[str]:
        options = _firewall(state).options
        return [
            key
            for key, value in self.ours.items()
            if options.get(key) == value != self.before.get(key)
        ]


def _firewall(state: GuestState) -> Firewall:
    if state.firewall is None:
        raise ValueError("the guest's firewall was not read")
    return state.firewall


def _edited(firewall: Firewall, match: Filter, alike: int | None) -> tuple[FirewallRule, ...]:
    """The uppermost rules that do what ours does, beyond as many as there were before it: ours, its
    comment edited, or somebody's own. None for the catch-alls, which take nothing away.
    """
    found = list_alike(firewall, match)
    if alike is None or match.action == "ACCEPT" or len(found) <= alike:
        return ()
    return found[: len(found) - alike]


def _lets_through(firewall: Firewall, direction: str, below: int, mark: str) -> FirewallRule | None:
    """An enabled foreign rule above ours that accepts traffic in the same direction, or a security
    group there, whose rules are not read.
    """
    operation = mark.rpartition("/")[0]
    for rule in firewall.rules:
        foreign = not (rule.comment or "").startswith(f"{operation}/")
        accepts = rule.type == "group" or (rule.type == direction and rule.action == "ACCEPT")
        accepts = accepts and rule.enabled
        if rule.pos < below and foreign and accepts:
            return rule
    return None
