"""A planned order of a suspension that was not carried out at its time."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="order-held",
    severity="critical",
    text=N_("suspension {name}: its planned order was not carried out"),
    next_step=N_("Read on the case why. Check it again and order it, or drop it."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each case whose order is held, rehearsals apart."""
    for case in inputs.suspensions:
        if case.state == "held" and not case.rehearsal:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("suspension", case.id),
                words=(f"name={case.id}",),
                tenant=case.tenant,
            )
