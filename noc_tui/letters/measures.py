"""Says what a measure of a suspension does, in the words of what will be done (R16, R18)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from noc_tui.contract.suspension.notice import Moment
from noc_tui.contract.suspension.notice_facts import Measure
from noc_tui.contract.suspension.values import BARRIER
from noc_tui.contract.terms import Effect
from noc_tui.i18n import N_
from noc_tui.letters.writing import Writing

_EFFECTS: Mapping[Effect, str] = {
    "network": N_(
        "disconnection of every virtual network interface: no traffic to or from the internet or"
        " any private network; the data are not altered"
    ),
    "public": N_(
        "blocking of every new connection between the VM and public addresses, in both directions;"
        " private networks are not affected"
    ),
    "none": N_("request that you remove the content yourselves, with no technical restriction"),
}
_STOPS: Mapping[Moment, str] = {
    "before": N_(
        "shutdown: the operating system will be asked to stop, then the VM will be switched off; it"
        " will not start again before services are restored; the data are kept"
    ),
    "at": N_(
        "shutdown: the operating system was asked to stop, then the VM was switched off; it will"
        " not start again before services are restored; the data are kept"
    ),
    "after": N_(
        "shutdown: the operating system was asked to stop, then the VM was switched off; it will"
        " not start again before services are restored; the data are kept"
    ),
}
_NAMES = {"tcp": "TCP", "udp": "UDP", "ipv6-icmp": "ICMPv6"}
_WITH_PORTS = ("tcp", "udp")
_DIRECTIONS = {
    "in": N_("blocking of new incoming traffic: {what}"),
    "out": N_("blocking of new outgoing traffic: {what}"),
}


@dataclass(frozen=True, slots=True)
class MeasureWords:
    """Words measures in one language, as they are read at that moment."""

    writing: Writing
    moment: Moment = "after"

    def lines(self, measures: Iterable[Measure]) -> list[str]:
        """One line a measure, and one for each direction that is filtered."""
        return [line for measure in measures for line in self._lines(measure)]

    def exceptions(self, measures: Iterable[Measure]) -> list[str]:
        """Return what a filter leaves, where its name could be read wider than it is."""
        _ = self.writing.translate
        named = {port.split(":")[1] for measure in measures for port in measure.ports}
        if "icmp" not in named or named & {"ipv6-icmp", "*"}:
            return []
        return [_("ICMPv6, without which IPv6 does not work, is not blocked.")]

    def _lines(self, measure: Measure) -> list[str]:
        _ = self.writing.translate
        if measure.effect == BARRIER:
            text = self.writing.ngettext(
                "withdrawal of access to the platform (management interface and API) for each VM"
                " named below; account concerned: {accounts}",
                "withdrawal of access to the platform (management interface and API) for each VM"
                " named below; accounts concerned: {accounts}",
                len(measure.accounts),
            )
            return [text.format(accounts=", ".join(measure.accounts))]
        if measure.effect == "stop":
            return [_(_STOPS[self.moment])]
        if measure.effect in _EFFECTS:
            return [_(_EFFECTS[measure.effect])]
        if measure.ports:
            return list(self._filtered(measure.ports))
        return [] if measure.label is None else [measure.label.in_(self.writing.language)]

    def _filtered(self, ports: Sequence[str]) -> Iterable[str]:
        _ = self.writing.translate
        for direction, words in _DIRECTIONS.items():
            mine = [rest for way, rest in map(_split, ports) if way == direction]
            if mine:
                yield _(words).format(what=self._what(mine))

    def _what(self, rules: Sequence[str]) -> str:
        """`tcp:25`, `tcp:465` and so on, protocol by protocol."""
        _ = self.writing.translate
        by_protocol: dict[str, list[str]] = {}
        for rule in rules:
            protocol, _colon, port = rule.partition(":")
            by_protocol.setdefault(protocol, []).append(port)
        if "*" in by_protocol and "*" in by_protocol["*"]:
            return _("all protocols, all ports")
        said = [self._protocol(name, found) for name, found in by_protocol.items()]
        if any("," in one for one in said):  # a comma within, so none between
            return _("; ").join(said)
        return self.writing.series(said)

    def _protocol(self, protocol: str, ports: Sequence[str]) -> str:
        _ = self.writing.translate
        name = _("every protocol") if protocol == "*" else _NAMES.get(protocol, protocol.upper())
        if protocol == "icmp":
            name = _("ICMP over IPv4")
        if "*" in ports and protocol not in _WITH_PORTS:
            return name
        if "*" in ports:
            return _("{protocol}, all ports").format(protocol=name)
        named = [one.replace(":", "–") for port in ports for one in port.split(",")]
        text = _("{protocol}, port {ports}") if len(named) == 1 else _("{protocol}, ports {ports}")
        return text.format(protocol=name, ports=self.writing.series(named))


def word_access_left(measures: Iterable[Measure], writing: Writing) -> str:
    """Return how the client still reaches its data beside these measures; empty where it does not
    by itself, and is to be offered a way.
    """
    _ = writing.translate
    effects = {one.effect for one in measures}
    if not effects or effects & {BARRIER, "stop"}:
        return ""
    if "network" in effects:
        return _("unchanged through the platform console; the VM's network is cut")
    if "public" in effects:
        return _(
            "unchanged through the platform console and private networks; access from the internet"
            " is blocked"
        )
    if "filter" in effects:
        return _("unchanged, only the traffic named above is blocked")
    return _("unchanged")


def _split(rule: str) -> tuple[str, str]:
    direction, _colon, rest = rule.partition(":")
    return direction, rest
