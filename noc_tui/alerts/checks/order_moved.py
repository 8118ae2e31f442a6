"""An order of a suspension that was moved to another time and not given anew."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="order-moved",
    severity="warning",
    text=N_("suspension {name}: its order was moved and not given anew"),
    next_step=N_(
        "Read on the case what is missing: approval, the mail of the new date, the order."
    ),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each case whose moved order waits for somebody, rehearsals apart."""
    for case in inputs.suspensions:
        if case.reorder_by is not None and not case.rehearsal:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("suspension", case.id),
                words=(f"name={case.id}",),
                tenant=case.tenant,
                deadline=case.reorder_by,
            )
