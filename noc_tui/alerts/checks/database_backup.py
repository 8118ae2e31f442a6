"""The last backup of the database itself, when it is too old."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="database-backup",
    severity="warning",
    text=N_("last backup of the database: {day}"),
    next_step=N_("Run nocd backup by hand and read what it says; check its timer."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield the backup that is due, where backups are configured."""
    if inputs.backup_overdue:
        words = (f"day={inputs.backup_overdue}",)
        yield Violation(rule=RULE.id, subject=Ref.of("database", "backup"), words=words)
