"""A rule of HA that leaves a guest no node, or that cannot be kept."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="ha-rule",
    severity="critical",
    text=N_("HA rule {rule} keeps {name} down: none of {nodes} works"),
    next_step=N_("Bring one of these nodes back, or change the rule in the datacenter's HA rules."),
)

unobserved = always_observed
"""What a look found stands until a later one finds otherwise; its age is shown beside it."""


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each service that is down since a rule leaves it no node."""
    for found in inputs.kept_down:
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("ha", found.cluster, found.service),
            scope=Ref.of("ha", found.cluster),
            words=(
                f"rule={found.rule}",
                f"name={inputs.guest_name(found.cluster, found.service)}",
                f"nodes={', '.join(found.nodes) or '?'}",
            ),
        )
