"""What ends on a known date: the same days warn and alarm for each kind."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation
from noc_tui.ref import Ref


def expiry_violations(rule: str, inputs: AlertInputs) -> Iterator[Violation]:
    """What ends within the days that warn, of one rule; critical within the last of them."""
    warn, last = inputs.expiry_days
    for topic, kind, name, end, days in inputs.expiring:
        if kind == rule and days <= warn:
            yield Violation(
                rule=rule,
                subject=Ref.of(rule, name),
                scope=Ref.of("doctor", topic),
                words=(f"name={name}", f"day={end.date().isoformat()}"),
                severity="critical" if days <= last else "",
                deadline=end,
            )
