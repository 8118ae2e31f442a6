"""The evidence chain, when its last verification failed."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="chain",
    severity="critical",
    text=N_("the evidence chain: {verdict}"),
    next_step=N_("Run noc-tui evidence verify with a head kept outside; keep the file as it is."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Any verdict but intact."""
    if inputs.verdict != "intact":
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("evidence", "chain"),
            words=(f"verdict={inputs.verdict}",),
        )
