"""Violations of rules about things that end on a known date; all such rules warn the same number of
days before.
"""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation
from noc_tui.ref import Ref


def expiry_violations(rule: str, inputs: AlertInputs) -> Iterator[Violation]:
    """Yield a violation for each item of `rule` that ends within the warning days; critical within
    the last of them.
    """
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
