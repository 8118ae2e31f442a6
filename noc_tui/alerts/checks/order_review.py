"""An order of an authority that one person carried out, and a second has yet to review."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="order-review",
    severity="warning",
    text=N_("order {name} of an authority: the second person's review is owed"),
    next_step=N_("Somebody else than who carried it out reviews it within 24 hours."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each order that owes the review, critical once it is late."""
    for order in inputs.orders:
        if order.review_due is None:
            continue
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("authority", order.id),
            words=(f"name={order.id}",),
            tenant=order.tenant,
            severity="critical" if inputs.now >= order.review_due else "",
            deadline=order.review_due,
        )
