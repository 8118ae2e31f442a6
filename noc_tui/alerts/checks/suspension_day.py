"""A suspension that nears the day of termination."""

from collections.abc import Iterator
from datetime import timedelta

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="suspension-day",
    severity="warning",
    text=N_("suspension {name} is on day {day}"),
    next_step=N_("Past day 15 the contract may be terminated: restore it or prepare the letter."),
)

WARN_DAY, LAST_DAY = 12, 15

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each case that has been in force for long and that a right falls due in, rehearsals
    apart.
    """
    for case in inputs.suspensions:
        if case.started_at is None or case.deadline is None or case.rehearsal:
            continue
        day = (inputs.now - case.started_at) // timedelta(days=1)
        if day >= WARN_DAY:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("suspension", case.id),
                words=(f"name={case.id}", f"day={day}"),
                tenant=case.tenant,
                severity="critical" if day >= LAST_DAY else "",
                deadline=case.deadline,
            )
