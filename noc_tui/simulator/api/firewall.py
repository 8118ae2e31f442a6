"""The firewall of guests: options and rules, both with digests, rules by position."""

from functools import partial

from noc_tui.simulator.api.users import names_in
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.errors import bad, perl_error
from noc_tui.simulator.model.cluster import digest_of
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.parameters import DIGEST, FLAG, NUMBER, TEXT, Parameter, choice
from noc_tui.simulator.routing import Method, index, needs

_CONFLICT = "detected modified configuration - file changed by other user? Try again."
_POLICY = Parameter(choice("ACCEPT", "REJECT", "DROP"))
_LEVEL = Parameter(
    choice("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "nolog")
)
_OPTIONS = {
    "enable": FLAG,
    "dhcp": FLAG,
    "ndp": FLAG,
    "radv": FLAG,
    "macfilter": FLAG,
    "ipfilter": FLAG,
    "policy_in": _POLICY,
    "policy_out": _POLICY,
    "log_level_in": _LEVEL,
    "log_level_out": _LEVEL,
}
_RULE = {
    "type": Parameter(choice("in", "out", "forward", "group")),
    "action": TEXT,
    "enable": NUMBER,
    "comment": TEXT,
    "source": TEXT,
    "dest": TEXT,
    "proto": TEXT,
    "sport": TEXT,
    "dport": TEXT,
    "iface": TEXT,
    "macro": TEXT,
    "log": _LEVEL,
    "icmp-type": TEXT,
}


_WITH_PORTS = frozenset(("tcp", "udp", "udplite", "dccp", "sctp", "6", "17", "33", "132", "136"))


def _options_digest(guest: Guest) -> str:
    return digest_of(sorted(guest.firewall.items()))


def _rules_digest(guest: Guest) -> str:
    """Of the list of rules alone: that of the options is no digest of theirs."""
    return digest_of(guest.rules)


def _check_digest(call: Call, digest: str) -> None:
    if "digest" in call.values and call.text("digest") != digest:
        raise perl_error(_CONFLICT)


def _changed(call: Call, guest: Guest) -> None:
    """Refuse a write without quorum, as the file system of the cluster does."""
    if not call.cluster.quorate:
        path = f"/etc/pve/firewall/{guest.vmid}.fw.tmp.1360"
        raise perl_error(f"unable to open file '{path}' - Permission denied")


def _options(kind: str, call: Call) -> Json:
    guest = call.guest(kind)
    return {**guest.firewall, "digest": _options_digest(guest)}


def _set_options(kind: str, call: Call) -> Json:
    guest = call.guest(kind)
    _check_digest(call, _options_digest(guest))
    gone = names_in(call.text("delete"))
    for name in gone:
        if name not in _OPTIONS:
            raise bad(delete=f"no such option '{name}'")
    _changed(call, guest)
    for name in gone:
        guest.firewall.pop(name, None)
    guest.firewall |= {name: call.values[name] for name in _OPTIONS if name in call.values}
    return None


def _rule_row(guest: Guest, position: int) -> Row:
    return {"pos": position, **guest.rules[position], "digest": _rules_digest(guest)}


def _rules(kind: str, call: Call) -> Json:
    guest = call.guest(kind)
    return [_rule_row(guest, position) for position in range(len(guest.rules))]


def _add_rule(kind: str, call: Call) -> Json:
    """Always inserted at the top, switched off unless it says otherwise. The real server takes a
    position and a digest here and looks at neither.
    """
    guest = call.guest(kind)
    rule: dict[str, str | int] = {"enable": 0}
    rule |= {name: call.values[name] for name in _RULE if name in call.values}
    _verified(rule)
    _changed(call, guest)
    guest.rules.insert(0, rule)
    return None


def _verified(rule: dict[str, str | int]) -> None:
    """What a rule says must fit together."""
    action = str(rule["action"])
    if rule["type"] != "group" and action not in ("ACCEPT", "DROP", "REJECT"):
        raise bad(action=f"unknown action '{action}'")
    for name in {"dport", "sport"} & rule.keys():
        if "proto" not in rule:
            raise bad(proto=f"missing property - '{name}' requires this property")
        if rule["proto"] not in _WITH_PORTS:
            raise bad(**{name: f"protocol '{rule['proto']}' does not support ports"})


def _position(call: Call, guest: Guest) -> int:
    position = call.number("pos")
    if position >= len(guest.rules):
        raise perl_error(f"no rule at position {position}")
    return position


def _one_rule(kind: str, call: Call) -> Json:
    guest = call.guest(kind)
    return _rule_row(guest, _position(call, guest))


def _change_rule(kind: str, call: Call) -> Json:
    guest = call.guest(kind)
    _check_digest(call, _rules_digest(guest))
    position = _position(call, guest)
    _changed(call, guest)
    if "moveto" in call.values:
        rule = guest.rules.pop(position)
        target = call.number("moveto")
        guest.rules.insert(target - (target > position), rule)
        return None
    rule = guest.rules[position]
    rule |= {name: call.values[name] for name in _RULE if name in call.values}
    for name in names_in(call.text("delete")):
        rule.pop(name, None)
    _verified(rule)
    return None


def _remove_rule(kind: str, call: Call) -> Json:
    guest = call.guest(kind)
    _check_digest(call, _rules_digest(guest))
    position = _position(call, guest)
    _changed(call, guest)
    del guest.rules[position]
    return None


def _methods(kind: str) -> tuple[Method, ...]:
    base = f"/nodes/{{node}}/{kind}/{{vmid}}/firewall"
    rule = f"{base}/rules/{{pos}}"
    audit = needs("/vms/{vmid}", "VM.Audit")
    change = needs("/vms/{vmid}", "VM.Config.Network")
    required = {
        "type": Parameter(_RULE["type"].verify, optional=False),
        "action": Parameter(_RULE["action"].verify, optional=False),
    }
    removal = {"delete": TEXT, "digest": DIGEST}
    return (
        index("GET", base, "name", "rules", "options", "ipset", "aliases", "refs", "log"),
        Method("GET", f"{base}/options", partial(_options, kind), check=audit),
        Method(
            "PUT",
            f"{base}/options",
            partial(_set_options, kind),
            _OPTIONS | removal,
            check=change,
            protected=True,
        ),
        Method("GET", f"{base}/rules", partial(_rules, kind), check=audit),
        Method(
            "POST",
            f"{base}/rules",
            partial(_add_rule, kind),
            _RULE | required | {"pos": NUMBER, "digest": DIGEST},
            check=change,
            protected=True,
        ),
        Method("GET", rule, partial(_one_rule, kind), check=audit),
        Method(
            "PUT",
            rule,
            partial(_change_rule, kind),
            _RULE | removal | {"moveto": NUMBER},
            check=change,
            protected=True,
        ),
        Method(
            "DELETE",
            rule,
            partial(_remove_rule, kind),
            {"digest": DIGEST},
            check=change,
            protected=True,
        ),
    )


METHODS = (*_methods("qemu"), *_methods("lxc"))
