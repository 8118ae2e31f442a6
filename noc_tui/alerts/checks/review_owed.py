"""A suspension that a second person has yet to review."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="review-owed",
    severity="critical",
    text=N_("suspension {name}: second person's review due"),
    next_step=N_("Somebody else than who ordered it reviews it within 24 hours."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each case that owes the review, rehearsals apart."""
    for case in inputs.suspensions:
        if case.review_due is not None and not case.rehearsal:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("suspension", case.id),
                words=(f"name={case.id}",),
                tenant=case.tenant,
                deadline=case.review_due,
            )
