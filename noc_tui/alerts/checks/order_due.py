"""An order of an authority whose deadline nears, or was missed."""

from collections.abc import Iterator
from datetime import timedelta

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.contract.authority.kinds import load_order_kinds
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="order-due",
    severity="warning",
    text=N_("order {name} of an authority is to be carried out"),
    next_step=N_("Carry it out before its deadline, or tell the authority why it cannot be."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each order with a deadline that runs: critical in its last hour and after it."""
    alarm = timedelta(minutes=load_order_kinds().alarm_minutes)
    for order in inputs.orders:
        if order.due_at is None or order.state != "open":
            continue
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("authority", order.id),
            words=(f"name={order.id}",),
            tenant=order.tenant,
            severity="critical" if inputs.now >= order.due_at - alarm else "",
            deadline=order.due_at,
        )
