"""A suspension whose notice has not reached the client."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="notice-owed",
    severity="critical",
    text=N_("suspension {name}: its notice has not reached the client"),
    next_step=N_("Send it again or deliver it otherwise, and record how."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each case that owes it, rehearsals apart."""
    for case in inputs.suspensions:
        if case.notice_owed and not case.rehearsal:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("suspension", case.id),
                words=(f"name={case.id}",),
                tenant=case.tenant,
            )
