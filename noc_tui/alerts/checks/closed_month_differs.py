"""A closed month of which a figure is another than it was closed with."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="closed-month-differs",
    severity="warning",
    text=N_("tenant {name}: figures of {month} changed after the month was closed"),
    next_step=N_(
        "Compare the figures on the month’s end screen; reopen the month if its statement changes."
    ),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each tenant and month; it ends when the month is reopened, or closed again."""
    for tenant, month in inputs.closed_differing:
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("tenant", tenant, month),
            words=(f"name={inputs.name(tenant)}", f"month={month}"),
            tenant=tenant,
        )
