"""A certificate that is about to end."""

from collections.abc import Iterator

from noc_tui.alerts.expiry import expiry_violations
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_

RULE = Rule(
    id="certificate",
    severity="warning",
    text=N_("the certificate of {name} ends on {day}"),
    next_step=N_("Renew it there; where trust is a fingerprint, put the new one into the file."),
)

unobserved = always_observed
"""The topics that could not be examined are those of the rule `doctor`."""


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each certificate that ends within the warning days."""
    return expiry_violations(RULE.id, inputs)
