"""Words the means of a plan, what they filter included, in the language in use."""

from noc_tui.contract.suspension.ports import ports_of, takes_ports
from noc_tui.contract.suspension.values import Plan
from noc_tui.contract.terms import Terms
from noc_tui.i18n import N_, _, language

_SIDES = {"in": N_("incoming {what}"), "out": N_("outgoing {what}")}
_NAMES = {"tcp": "TCP", "udp": "UDP", "icmp": "ICMPv4", "ipv6-icmp": "ICMPv6"}


def word_means(plan: Plan, key: str, terms: Terms) -> str:
    """Return a means by its name, with what the operator chose to filter."""
    means = terms.means_of(key)
    label = means.label.in_(language())
    if not takes_ports(means) or not plan.ports:
        return label
    ports = ", ".join(map(word_ports, ports_of(plan, means)))
    return _("{means}: {ports}").format(means=label, ports=ports)


def word_ports(text: str) -> str:
    """Return a `direction:protocol:port` in words: “outgoing TCP 6660–6669”."""
    side, _colon, rest = text.partition(":")
    protocol, _colon, port = rest.partition(":")
    name = _("traffic") if protocol == "*" else _NAMES.get(protocol, protocol.upper())
    what = name if port == "*" else f"{name} {port.replace(':', '–')}"
    return _(_SIDES[side]).format(what=what)
