"""An SDN zone or fabric that does not work on a node."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="sdn-zone",
    severity="critical",
    text=N_("SDN zone {zone} on node {name}: {state}"),
    next_step=N_(
        "Run ifreload -a on the node to read the error; apply SDN again once it is clear why."
    ),
)

unobserved = always_observed
"""What a look found stands until a later one finds otherwise; its age is shown beside it."""
_SEVERITIES = {"error": "critical", "pending": "warning"}


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each zone that a node reports in error, or whose changes were not applied there."""
    seen = inputs.seen
    for zone in inputs.zones:
        if zone.status in _SEVERITIES:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("zone", zone.cluster, zone.node, zone.name),
                scope=Ref.of("cluster", zone.cluster),
                words=(
                    f"name={zone.cluster}/{zone.node}",
                    f"zone={zone.name}",
                    f"state={zone.status}",
                ),
                severity=_SEVERITIES[zone.status],
                seen=seen.get(zone.cluster, 0),
            )
