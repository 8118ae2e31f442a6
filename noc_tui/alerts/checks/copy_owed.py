"""A contract that is over while a copy of its guests is owed (R28)."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="copy-owed",
    severity="notice",
    text=N_("tenant {name}: a full copy of its guests is owed on request until {day}"),
    next_step=N_("Hand it over when it is asked for; delete nothing before that day has passed."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each such tenant, until the day has passed."""
    for tenant, ending in inputs.endings.items():
        if ending.copy_owed_until is not None:
            day = ending.copy_owed_until.isoformat()
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("tenant", tenant),
                words=(f"name={inputs.name(tenant)}", f"day={day}"),
                tenant=tenant,
            )
