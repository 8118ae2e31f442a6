"""A tenant whose backups were not restored for a test when the calendar asks for it."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="restore-test",
    severity="notice",
    text=N_("tenant {name}: a restore test is due since {day}"),
    next_step=N_("Restore one guest beside the others, look at it, and note what came of it."),
)
unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each tenant whose test is due."""
    for tenant, due in inputs.restore_tests.items():
        if due <= inputs.now:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("tenant", tenant),
                words=(f"name={inputs.name(tenant)}", f"day={paris_day(micros(due))}"),
                tenant=tenant,
            )
