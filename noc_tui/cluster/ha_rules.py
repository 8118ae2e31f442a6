"""HA's rules: which services may run on which nodes, together or apart, and whom they keep down.

`/cluster/ha/rules` from 9.0 on; before, the same is said by groups. Sources: pve-ha-manager's
`HA/Rules/{NodeAffinity,ResourceAffinity}.pm`, `HA/Groups.pm`. Pure.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

import msgspec

from noc_tui.cluster.api_rows import Flag, Name, Text

NODE_AFFINITY, RESOURCE_AFFINITY = "node-affinity", "resource-affinity"
APART, TOGETHER = "negative", "positive"


class HaRuleRow(msgspec.Struct, frozen=True):
    """A row of `/cluster/ha/rules`: `resources` and `nodes` (`pve1:2,pve2`) are lists as text.
    `errors` are Proxmox's own, for a rule that cannot be kept.
    """

    rule: Name
    type: Name
    resources: Text = None
    nodes: Text = None
    strict: Flag = None
    affinity: Name | None = None
    disable: Flag = None
    comment: Text = None
    errors: dict[str, object] | None = None


class HaGroupRow(msgspec.Struct, frozen=True):
    """A row of `/cluster/ha/groups` (8.x): `restricted` keeps its services on its nodes."""

    group: Name
    nodes: Text = None
    restricted: Flag = None
    nofailback: Flag = None
    comment: Text = None


class HaRule(msgspec.Struct, frozen=True):
    """A rule. `nodes` by priority; `strict`: never on any other; `affinity` of resources: positive
    (together on one node) or negative (each on a node of its own). `wrong` is why it cannot be
    kept.
    """

    name: str
    kind: Literal["node-affinity", "resource-affinity"]
    services: tuple[str, ...]
    nodes: Mapping[str, int] = {}
    strict: bool = False
    affinity: str = ""
    enabled: bool = True
    wrong: str = ""

    @property
    def keeps_apart(self) -> bool:
        """Whether its services may not share a node."""
        return self.kind == RESOURCE_AFFINITY and self.affinity == APART


def rules_of_rows(rows: Iterable[HaRuleRow]) -> tuple[HaRule, ...]:
    """Return the rules of 9.x; one of a kind that is not known here is left out."""
    found = []
    for row in rows:
        if row.type == NODE_AFFINITY or row.type == RESOURCE_AFFINITY:
            kind: Literal["node-affinity", "resource-affinity"] = (
                "node-affinity" if row.type == NODE_AFFINITY else "resource-affinity"
            )
            found.append(
                HaRule(
                    name=row.rule,
                    kind=kind,
                    services=_names(row.resources),
                    nodes=_priorities(row.nodes),
                    strict=bool(row.strict),
                    affinity=row.affinity or "",
                    enabled=not row.disable,
                    wrong="; ".join(_said(row.errors)),
                )
            )
    return tuple(found)


def rules_of_groups(
    groups: Iterable[HaGroupRow], members: Mapping[str, Collection[str]]
) -> tuple[HaRule, ...]:
    """Return the groups of 8.x as rules; `members` are the services that name each group."""
    return tuple(
        HaRule(
            name=group.group,
            kind="node-affinity",
            services=tuple(sorted(members.get(group.group, ()))),
            nodes=_priorities(group.nodes),
            strict=bool(group.restricted),
        )
        for group in groups
    )


class Hindrance(msgspec.Struct, frozen=True):
    """A rule that leaves a service no node: `nodes` are those that it allows, none of which
    works.
    """

    rule: str
    service: str
    nodes: tuple[str, ...]


def find_hindrances(
    rules: Iterable[HaRule], down: Mapping[str, str], working: Collection[str]
) -> list[Hindrance]:
    """Return which of the services that are `down` (with the node that each was on) have no node
    left by a rule, `working` being the nodes on which HA starts services.
    """
    known = [rule for rule in rules if rule.enabled and not rule.wrong]
    found = []
    for service in sorted(down):
        for rule in known:
            if service not in rule.services:
                continue
            if rule.kind == NODE_AFFINITY and rule.strict and not set(rule.nodes) & set(working):
                found.append(Hindrance(rule.name, service, tuple(sorted(rule.nodes))))
            elif rule.keeps_apart and len(working) < len(rule.services):
                found.append(Hindrance(rule.name, service, tuple(sorted(working))))
    return found


def list_barring_rules(
    rules: Iterable[HaRule], service: str, node: str, placed: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the names of the rules by which HA keeps a service off a node, `placed` being where
    each service is. 9.x refuses such a move; 8.x makes it, and moves the service back.
    """
    return tuple(
        rule.name
        for rule in rules
        if rule.enabled and not rule.wrong and service in rule.services
        if (rule.kind == NODE_AFFINITY and rule.strict and node not in rule.nodes)
        or (
            rule.keeps_apart
            and any(placed.get(one) == node for one in rule.services if one != service)
        )
    )


def list_companions(rules: Iterable[HaRule], service: str) -> tuple[str, ...]:
    """Return the services that HA moves together with one."""
    found = {
        other
        for rule in rules
        if rule.enabled and not rule.wrong and rule.affinity == TOGETHER
        if service in rule.services
        for other in rule.services
    }
    return tuple(sorted(found - {service}))


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(sorted({one for one in (text or "").replace(",", " ").split() if one}))


def _priorities(text: str | None) -> dict[str, int]:
    found = {}
    for one in _names(text):
        node, _, priority = one.partition(":")
        found[node] = int(priority) if priority.isdecimal() and len(priority) < 5 else 0
    return found


def _said(errors: Mapping[str, object] | None) -> list[str]:
    """Proxmox gives a list of sentences by option, or one sentence."""
    found = []
    for option in sorted(errors or {}):
        value = (errors or {})[option]
        found += [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return found
