"""What a filter drops, as an operator writes it: `direction:protocol:port` (R18, annexe 1 C9, C10).

`out:tcp:25`, `in:udp:*`, `both:tcp:6660-6669,7000`: `both` stands for in and out, `*` for any.
"""

import re
from collections.abc import Iterable, Iterator

from noc_tui.contract.suspension import reasons
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.values import Plan
from noc_tui.contract.terms import Means, Terms

_SIDES = {"in": ("in",), "out": ("out",), "both": ("in", "out")}
_WITH_PORTS = frozenset(("tcp", "udp"))
_PROTOCOLS = _WITH_PORTS | {"icmp", "ipv6-icmp", "gre", "esp", "ah", "*"}
_NUMBERS = re.compile(r"[0-9]{1,5}(?:[-:][0-9]{1,5})?")
_HIGHEST = 65535
_MOST = 15
"""How many numbers one rule of the server holds."""


class BadPortsError(ValueError):
    """The text is no `direction:protocol:port`."""


def parse_ports(text: str) -> tuple[str, ...]:
    """Return what the text asks for, one direction each, ranges written `low:high`.

    Raises `BadPortsError`.
    """
    side, _, rest = text.strip().partition(":")
    protocol, _, port = rest.partition(":")
    if side not in _SIDES or protocol not in _PROTOCOLS or not port:
        raise BadPortsError(text)
    if port != "*" and (protocol not in _WITH_PORTS or not _are_numbers(port)):
        raise BadPortsError(text)
    return tuple(f"{one}:{protocol}:{port.replace('-', ':')}" for one in _SIDES[side])


def normalise_ports(texts: Iterable[str]) -> tuple[str, ...]:
    """Return every direction of what is asked for, each once. Raises `BadPortsError`."""
    return tuple(dict.fromkeys(one for text in texts for one in parse_ports(text)))


def takes_ports(means: Means) -> bool:
    """Whether a means filters what the operator chooses."""
    return means.effect == "filter" and not means.ports


def ports_of(plan: Plan, means: Means) -> tuple[str, ...]:
    """Return what a filter of the plan drops: its terms' ports, else those that were chosen. Raises
    `BadPortsError` for a plan that `port_problems` finds wrong.
    """
    return means.ports or normalise_ports(plan.ports)


def port_problems(plan: Plan, terms: Terms) -> Iterator[Reason]:
    """Yield the reasons why the plan's filters could not do what they say."""
    for text in plan.ports:
        try:
            parse_ports(text)
        except BadPortsError:
            yield Reason("R18", reasons.BAD_PORTS, {"ports": text})
    known = {row.id: row for row in terms.means}
    takers = [known[key] for key in plan.means if key in known and takes_ports(known[key])]
    if takers and not plan.ports:
        yield Reason("R18", reasons.EMPTY_FILTER, {"means": takers[0].label})
    if plan.ports and not takers:
        yield Reason("R18", reasons.UNUSED_PORTS)


def _are_numbers(text: str) -> bool:
    count = 0
    for part in text.split(","):
        if not _NUMBERS.fullmatch(part):
            return False
        numbers = [int(number) for number in re.split("[-:]", part)]
        if not all(0 < number <= _HIGHEST for number in numbers) or sorted(numbers) != numbers:
            return False
        count += len(numbers)
    return count <= _MOST
