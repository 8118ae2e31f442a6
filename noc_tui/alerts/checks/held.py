"""Messages and orders that wait for a lead since the database was restored."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="held",
    severity="critical",
    text=N_("nocd is held since a restore; items that wait: {number}"),
    next_step=N_("A lead reads what would leave, drops what is over, and resumes: nocd resume."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield the restore, until a lead has resumed everything."""
    if inputs.held is not None:
        yield Violation(
            rule=RULE.id, subject=Ref.of("database", "noc"), words=(f"number={inputs.held}",)
        )
