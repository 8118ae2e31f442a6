"""Time that does not count, without an end: it is reviewed each day."""

from collections.abc import Iterator
from datetime import timedelta

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.contract.calendar import instant
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="exclusion-lasting",
    severity="notice",
    text=N_("tenant {name}: exclusion {number} has no end ({basis}): no outage counts meanwhile"),
    next_step=N_("Review it each day, end it, or withdraw it."),
)
EACH = timedelta(days=1)
OVERDUE = "warning"

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each exclusion without an end; of a suspension its case watches over the end."""
    for row in inputs.lasting:
        if row.suspension is not None:
            continue
        seen = row.at if row.reviewed_at is None else row.reviewed_at
        due = instant(seen) + EACH
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("exclusion", str(row.id)),
            words=(f"name={inputs.name(row.tenant)}", f"number={row.id}", f"basis={row.basis}"),
            tenant=row.tenant,
            severity=OVERDUE if due <= inputs.now else "",
            deadline=due,
        )
