"""The sealed file, when its last comparison with the evidence log failed."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="sealed-file",
    severity="critical",
    text=N_("the sealed file of the database: {verdict}"),
    next_step=N_(
        "An account of [roles.confidential] runs noc-tui authority verify; keep the file as it is."
    ),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Any verdict but intact; it says nothing of what stands in the file."""
    if inputs.sealed_verdict != "intact":
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("evidence", "sealed"),
            words=(f"verdict={inputs.sealed_verdict}",),
        )
