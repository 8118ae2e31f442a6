"""Finds what makes probes useless: no canary, a silent canary, ICMP not permitted, no vantage."""

from collections.abc import Iterator

from noc_tui.api.doctor import Finding
from noc_tui.config import Configuration
from noc_tui.i18n import _
from noc_tui.probing.canary import Canary
from noc_tui.probing.checks import icmp_socket
from noc_tui.probing.target import Target


async def check_probes(config: Configuration) -> list[Finding]:
    """Ask the canaries and try a socket for ICMP; nothing is sent to a tenant."""
    topic = _("probes")
    found = list(_settings(config, topic))
    if config.canaries:
        targets = [Target.parse(one.target) for one in config.canaries]
        if await Canary(targets, config.probing.timeout).sings():
            found.append(Finding(topic, "canary", "good", _("a canary answers")))
        else:
            text = _("no canary answers: nothing is concluded, and the time is unmeasured")
            found.append(Finding(topic, "canary", "bad", text))
    return found


def _settings(config: Configuration, topic: str) -> Iterator[Finding]:
    if not config.canaries:
        text = _("no canary: a probe that fails concludes nothing, and the time is unmeasured")
        yield Finding(topic, "canary", "warning", text)
    if not config.vantages:
        text = _("no prober on another network: availability is seen from inside")
        yield Finding(topic, "vantage", "warning", text)
    try:
        icmp_socket().close()
    except OSError:
        text = _(
            "ICMP is not permitted to nocd's account (net.ipv4.ping_group_range): what is probed"
            " by ICMP is unmeasured"
        )
        yield Finding(topic, "probe", "warning", text)
