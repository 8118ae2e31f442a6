"""A planned order of a suspension that cancelled itself."""

from collections.abc import Iterator
from datetime import timedelta

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

TOLD = timedelta(hours=24)
"""How long operators are told: a day has every shift in it."""
RULE = Rule(
    id="order-fell",
    severity="notice",
    text=N_("suspension {name} cancelled itself: the client has paid or answered"),
    next_step=N_("Read the answer or the payment on the case, and decide what is left to do."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each case that cancelled itself within the day, rehearsals apart."""
    for case in inputs.fallen:
        if not case.rehearsal:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("suspension", case.id),
                words=(f"name={case.id}",),
                tenant=case.tenant,
            )
