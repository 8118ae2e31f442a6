"""A guest that was restored for a test a day ago, and that nobody deleted."""

from collections.abc import Iterator
from datetime import timedelta

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.i18n import N_
from noc_tui.ref import Ref

LEFT_AFTER = timedelta(days=1)
"""How long a test may be looked at."""
RULE = Rule(
    id="restore-left",
    severity="notice",
    text=N_("guest {guest} ({name}), restored for a test on {day}, is still there"),
    next_step=N_("Note what came of the test, then delete it: `noc-tui guest delete-test`."),
)
unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each test that is left."""
    for test in inputs.left_tests:
        ref = Ref.of("guest", test.cluster, test.vmid)
        yield Violation(
            rule=RULE.id,
            subject=ref,
            words=(
                f"guest={ref.name}",
                f"name={test.name}",
                f"day={paris_day(micros(test.restored_at))}",
            ),
        )
