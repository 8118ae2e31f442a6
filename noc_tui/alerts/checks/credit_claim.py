"""A credit that a client has claimed and nobody has answered."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="credit-claim",
    severity="notice",
    text=N_("tenant {name} asks for the credit of {month}"),
    next_step=N_("Grant or refuse it with a reason."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each claim that waits for its first answer."""
    for claim in inputs.claims:
        if claim.decided_by is not None:
            continue  # it was answered and reopened: see `credit_reopened`
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("tenant", claim.tenant, claim.month),
            words=(f"name={inputs.name(claim.tenant)}", f"month={claim.month}"),
            tenant=claim.tenant,
        )
