"""A copy of its guests that a client asked for and has not received (R28, art. 16.2)."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.contract.calendar import PARIS
from noc_tui.contract.reversibility import WARN_DAYS
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="copy-requested",
    severity="notice",
    text=N_("tenant {name}: copy {number} of its guests was asked for and is not received"),
    next_step=N_(
        "Make it, hand it over, have its receipt confirmed, and note each step; delete nothing of"
        " the tenant before."
    ),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each copy; one that is due soon is a warning, one that is late critical. Once it was
    handed over nothing is due any more but the client's word.
    """
    for copy, until in inputs.copies:
        deadline = None
        severity = ""
        if until is not None and copy.state != "handed-over":
            deadline = datetime.combine(until + timedelta(days=1), time(), PARIS)
            if inputs.now >= deadline:
                severity = "critical"
            elif inputs.now >= deadline - timedelta(days=WARN_DAYS):
                severity = "warning"
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("copy", str(copy.id)),
            words=(f"name={inputs.name(copy.tenant)}", f"number={copy.id}"),
            tenant=copy.tenant,
            severity=severity,
            deadline=deadline,
        )
