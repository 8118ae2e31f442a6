"""A tenant whose credits and reparations near the cap of art. 12, or exceed it."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.contract.liability import WARN_PERCENT
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="liability-cap",
    severity="notice",
    text=N_("tenant {name}: credits and reparations are at {number} % of the cap of art. 12"),
    next_step=N_("See `noc-tui sla cap`; a credit that exceeds it is a lead’s to grant or cut."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each such tenant; a warning once the cap is reached."""
    for tenant, percent in inputs.caps.items():
        if percent >= WARN_PERCENT:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("tenant", tenant),
                words=(f"name={inputs.name(tenant)}", f"number={percent}"),
                tenant=tenant,
                severity="warning" if percent >= 100 else "",
            )
