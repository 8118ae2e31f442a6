"""A backup of the database that did not reach the other site."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="backup-unsent",
    severity="warning",
    text=N_("the backup of the database did not reach the other site: {error}"),
    next_step=N_("Run nocd backup by hand, and fix [backup] send or the other site."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield the last backup, if its way to the other site failed."""
    if inputs.backup_unsent:
        words = (f"error={inputs.backup_unsent}",)
        yield Violation(rule=RULE.id, subject=Ref.of("database", "backup-copy"), words=words)
