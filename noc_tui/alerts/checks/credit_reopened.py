"""A credit whose refusal has lost its reason, or of which more is due than was granted."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="credit-reopened",
    severity="warning",
    text=N_("tenant {name}: the credit of {month} was answered, and more of it is due now"),
    next_step=N_("Read the first answer and what changed since, then answer again."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each claim that was reopened and waits for an answer."""
    for claim in inputs.claims:
        if claim.decided_by is not None:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("tenant", claim.tenant, claim.month),
                words=(f"name={inputs.name(claim.tenant)}", f"month={claim.month}"),
                tenant=claim.tenant,
            )
