"""The firewall of guests: options and rules, both with digests, rules by position.

It is a file of the cluster, named by the guest's number alone: options are asked of the node that
the path names, rules of whichever node is asked, and none looks for the guest.
"""

import ipaddress
from dataclasses import dataclass

from noc_tui.simulator.api.users import names_in
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.errors import bad, perl_error
from noc_tui.simulator.model.cluster import digest_of
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


_LONGEST_LIST = 512
_WITH_PORTS = frozenset(("tcp", "udp", "udplite", "dccp", "sctp", "6", "17", "33", "132", "136"))


@dataclass(frozen=True, slots=True)
class _File:
    """A guest's firewall; that of a number without a guest is empty, and kept by nobody."""

    options: dict[str, str | int]
    rules: list[dict[str, str | int]]


def _file(call: Call) -> _File:
    guest = call.cluster.guests.get(call.vmid)
    return _File({}, []) if guest is None else _File(guest.firewall, guest.rules)


def _options_digest(file: _File) -> str:
    return digest_of(sorted(file.options.items()))


def _rules_digest(file: _File) -> str:
    """Of the list of rules alone: that of the options is no digest of theirs."""
    return digest_of(file.rules)


def _check_digest(call: Call, digest: str) -> None:
    if "digest" in call.values and call.text("digest") != digest:
        raise perl_error(_CONFLICT)


def _require_quorum(call: Call) -> None:
    """Refuse a write without quorum, as the file system of the cluster does."""
    if not call.cluster.quorate:
        path = f"/etc/pve/firewall/{call.vmid}.fw.tmp.1360"
        raise perl_error(f"unable to open file '{path}' - Permission denied")


def _options(call: Call) -> Json:
    file = _file(call)
    return {**file.options, "digest": _options_digest(file)}


def _set_options(call: Call) -> Json:
    file = _file(call)
    _check_digest(call, _options_digest(file))
    gone = names_in(call.text("delete"))
    for name in gone:
        if name not in _OPTIONS:
            raise bad(delete=f"no such option '{name}'")
    _require_quorum(call)
    for name in gone:
        file.options.pop(name, None)
    file.options.update({name: call.values[name] for name in _OPTIONS if name in call.values})
    return None


def _rule_row(file: _File, position: int) -> Row:
    return {"pos": position, **file.rules[position], "digest": _rules_digest(file)}


def _rules(call: Call) -> Json:
    file = _file(call)
    return [_rule_row(file, position) for position in range(len(file.rules))]


def _add_rule(call: Call) -> Json:
    """Always inserted at the top, switched off unless it says otherwise. The real server takes a
    position and a digest here and looks at neither.
    """
    file = _file(call)
    rule: dict[str, str | int] = {"enable": 0}
    rule |= {name: call.values[name] for name in _RULE if name in call.values}
    _verified(rule)
    _require_quorum(call)
    file.rules.insert(0, rule)
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
    for name in {"source", "dest"} & rule.keys():
        _verify_addresses(name, str(rule[name]))


def _verify_addresses(name: str, text: str) -> None:
    """At most 512 characters, one version of IP; a range stands alone; sets and aliases pass."""
    if len(text) > _LONGEST_LIST:
        raise bad(**{name: f"value may only be {_LONGEST_LIST} characters long"})
    if text[:1] in "+%" or (text[:1].isalpha() and ":" not in text):
        return
    parts = text.split(",")
    if len(parts) > 1 and any("-" in part for part in parts):
        raise bad(**{name: "you can't use a range in a list"})
    try:
        networks = [
            ipaddress.ip_network(end, strict=False) for part in parts for end in part.split("-")
        ]
    except ValueError:
        raise bad(**{name: f"invalid IP address: {text}"}) from None
    if len({network.version for network in networks}) > 1:
        raise bad(**{name: "detected mixed ipv4/ipv6 addresses in address list"})


def _position(call: Call, file: _File) -> int:
    position = call.number("pos")
    if position >= len(file.rules):
        raise perl_error(f"no rule at position {position}")
    return position


def _one_rule(call: Call) -> Json:
    file = _file(call)
    return _rule_row(file, _position(call, file))


def _change_rule(call: Call) -> Json:
    file = _file(call)
    _check_digest(call, _rules_digest(file))
    position = _position(call, file)
    _require_quorum(call)
    if "moveto" in call.values:
        rule = file.rules.pop(position)
        target = call.number("moveto")
        file.rules.insert(target - (target > position), rule)
        return None
    rule = file.rules[position]
    rule |= {name: call.values[name] for name in _RULE if name in call.values}
    for name in names_in(call.text("delete")):
        rule.pop(name, None)
    _verified(rule)
    return None


def _remove_rule(call: Call) -> Json:
    file = _file(call)
    _check_digest(call, _rules_digest(file))
    position = _position(call, file)
    _require_quorum(call)
    del file.rules[position]
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
        Method("GET", f"{base}/options", _options, check=audit),
        Method(
            "PUT",
            f"{base}/options",
            _set_options,
            _OPTIONS | removal,
            check=change,
            protected=True,
        ),
        Method("GET", f"{base}/rules", _rules, check=audit, local=True),
        Method(
            "POST",
            f"{base}/rules",
            _add_rule,
            _RULE | required | {"pos": NUMBER, "digest": DIGEST},
            check=change,
            protected=True,
            local=True,
        ),
        Method("GET", rule, _one_rule, check=audit, local=True),
        Method(
            "PUT",
            rule,
            _change_rule,
            _RULE | removal | {"moveto": NUMBER},
            check=change,
            protected=True,
            local=True,
        ),
        Method(
            "DELETE",
            rule,
            _remove_rule,
            {"digest": DIGEST},
            check=change,
            protected=True,
            local=True,
        ),
    )


METHODS = (*_methods("qemu"), *_methods("lxc"))
