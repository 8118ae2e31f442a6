"""An outage whose attribution lost its ground, and has no other yet."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="attribution-reopened",
    severity="warning",
    text=N_("tenant {name}: outage {number} is to be attributed again"),
    next_step=N_("What its attribution relied on was withdrawn: attribute it again."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each reopened attribution without another in its place."""
    for tenant, outage in inputs.reopened:
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("outage", str(outage)),
            words=(f"name={inputs.name(tenant)}", f"number={outage}"),
            tenant=tenant,
        )
