"""A guest that is not as its suspension ordered."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="suspension-drift",
    severity="critical",
    text=N_("suspension {name}: guest {guest} is not as ordered"),
    next_step=N_("Open the case: apply the means again or say why not."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each such guest of each case."""
    for case, tenant, cluster, vmid in inputs.drifting:
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("suspension", case, cluster, vmid),
            scope=Ref.of("cluster", cluster),
            words=(f"name={case}", f"guest={cluster}/{vmid}"),
            tenant=tenant,
        )
