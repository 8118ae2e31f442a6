"""A contract whose notice must leave soon."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="contract-notice",
    severity="notice",
    text=N_("tenant {name}: the contract's notice must leave by {day}"),
    next_step=N_("Ask the client; the letter is registered and three months ahead."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each contract in its warning months."""
    for tenant, day in inputs.notices.items():
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("tenant", tenant),
            words=(f"name={inputs.name(tenant)}", f"day={day.date().isoformat()}"),
            tenant=tenant,
            deadline=day,
        )
