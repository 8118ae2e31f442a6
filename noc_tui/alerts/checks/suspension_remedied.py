"""A suspension whose cause is gone, and whose services are not back."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="suspension-remedied",
    severity="warning",
    text=N_("suspension {name}: its cause is gone, services are not restored"),
    next_step=N_("Restore the services: from now on the time counts as ours (article 10.1)."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each such case, whether the client remedied it or a judgment bars the debt."""
    for case in inputs.suspensions:
        if case.state == "remedied" and not case.rehearsal:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("suspension", case.id),
                words=(f"name={case.id}",),
                tenant=case.tenant,
            )
