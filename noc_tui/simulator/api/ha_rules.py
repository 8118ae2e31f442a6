"""`/cluster/ha/rules` of 9, `/cluster/ha/groups` of 8: the same rules, told in two ways.

Sources: pve-ha-manager `API2/HA/{Rules,Groups}.pm`, `HA/Groups.pm`.
"""

from noc_tui.simulator.api.users import names_in
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.errors import bad, perl_error
from noc_tui.simulator.model.cluster import Rule, digest_of
from noc_tui.simulator.parameters import FLAG, TEXT, Parameter, choice, text
from noc_tui.simulator.routing import Method, needs

_KIND = choice("node-affinity", "resource-affinity")
_MIGRATED = "cannot {} groups: ha groups have been migrated to rules"


def _nodes(rule: Rule) -> str:
    return ",".join(
        f"{node}:{priority}" if priority else node for node, priority in sorted(rule.nodes.items())
    )


def _row(call: Call, rule: Rule) -> Row:
    row: Row = {
        "rule": rule.name,
        "type": rule.kind,
        "resources": ",".join(sorted(rule.services)),
        "digest": digest_of(sorted(call.cluster.rules)),
        "order": list(call.cluster.rules).index(rule.name) + 1,
    }
    if rule.kind == "node-affinity":
        row |= {"nodes": _nodes(rule), "strict": int(rule.strict)}
    else:
        row["affinity"] = rule.affinity
    if rule.disabled:
        row["disable"] = 1
    return row | ({"comment": rule.comment} if rule.comment else {})


def _list(call: Call) -> Json:
    kind, service = call.text("type"), call.text("resource")
    return [
        _row(call, rule)
        for rule in call.cluster.rules.values()
        if (not kind or rule.kind == kind) and (not service or service in rule.services)
    ]


def _found(call: Call) -> Rule:
    rule = call.cluster.rules.get(call.path["rule"])
    if rule is None:
        raise perl_error(f"no such ha rule '{call.path['rule']}'")
    return rule


def _create(call: Call) -> Json:
    cluster, name = call.cluster, call.text("rule")
    call.need_quorum("create ha rule failed: error with cfs lock 'domain-ha': no quorum!")
    if name in cluster.rules:
        raise perl_error(f"create ha rule failed: HA rule '{name}' already defined")
    services = set(names_in(call.text("resources")))
    if unknown := sorted(services - set(cluster.ha)):
        raise perl_error(f"create ha rule failed: cannot use unmanaged resource(s) {unknown[0]}.")
    rule = Rule(
        name=name,
        kind=call.text("type"),
        services=services,
        nodes=_priorities(call.text("nodes")),
        strict=call.flag("strict"),
        affinity=call.text("affinity"),
        disabled=call.flag("disable"),
        comment=call.text("comment"),
    )
    if rule.kind == "node-affinity" and not rule.nodes:
        raise bad(nodes="property is missing and it is not optional")
    cluster.rules[name] = rule
    cluster.touch()
    return None


def _priorities(given: str) -> dict[str, int]:
    found = {}
    for one in names_in(given):
        node, _, priority = one.partition(":")
        found[node] = int(priority or 0)
    return found


def _remove(call: Call) -> Json:
    call.need_quorum("delete ha rule failed: error with cfs lock 'domain-ha': no quorum!")
    call.cluster.rules.pop(call.path["rule"], None)
    call.cluster.touch()
    return None


def _groups(call: Call) -> Json:
    """As long as a node runs 8 the groups are there; each service names its own."""
    if call.cluster.upgraded:
        raise perl_error(_MIGRATED.format("index"))
    return [
        {
            "group": rule.name,
            "type": "group",
            "nodes": _nodes(rule),
            "restricted": int(rule.strict),
            "nofailback": 0,
            "digest": digest_of(sorted(call.cluster.rules)),
        }
        for rule in call.cluster.rules.values()
        if rule.kind == "node-affinity"
    ]


_AUDIT = needs("/", "Sys.Audit")
_CONSOLE = needs("/", "Sys.Console")
_NEW = {
    "rule": Parameter(text(), optional=False),
    "type": Parameter(_KIND, optional=False),
    "resources": Parameter(text(), optional=False),
    "nodes": TEXT,
    "strict": FLAG,
    "affinity": Parameter(choice("positive", "negative")),
    "disable": FLAG,
    "comment": TEXT,
}
_RULES = "/cluster/ha/rules"

METHODS = (
    Method("GET", _RULES, _list, {"type": Parameter(_KIND), "resource": TEXT}, _AUDIT, since=9),
    Method(
        "GET", f"{_RULES}/{{rule}}", lambda call: _row(call, _found(call)), check=_AUDIT, since=9
    ),
    Method("POST", _RULES, _create, _NEW, _CONSOLE, protected=True, since=9),
    Method("DELETE", f"{_RULES}/{{rule}}", _remove, check=_CONSOLE, protected=True, since=9),
    Method("GET", "/cluster/ha/groups", _groups, check=_AUDIT),
)
