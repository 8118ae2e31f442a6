"""An API token that is about to end."""

from collections.abc import Iterator

from noc_tui.alerts.expiry import expiry_violations
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_

RULE = Rule(
    id="token",
    severity="warning",
    text=N_("the token {name} ends on {day}"),
    next_step=N_("Make a new one with the same privileges and put it into the token's file."),
)

unobserved = always_observed
"""The topics that could not be examined are those of the rule `doctor`."""


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each token that ends within the warning days."""
    return expiry_violations(RULE.id, inputs)
