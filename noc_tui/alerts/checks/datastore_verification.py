"""A datastore whose backups are not verified: what is damaged is not found (R29)."""

from collections.abc import Iterator
from datetime import timedelta

from noc_tui.alerts.checks.datastore_full import datastore_ref
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="datastore-verification",
    severity="warning",
    text=N_(
        "datastore {name}: verification failed, or is older than {days} days; last run: {last}"
    ),
    next_step=N_("See what the verification found on the backup server, or give it a job."),
)
MOST_DAYS = 8
"""A weekly run may be a day late."""


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each datastore whose last run failed, is too old, or never was."""
    for one in inputs.datastores:
        at = one.verified_at
        old = at is None or inputs.now - at > timedelta(days=MOST_DAYS)
        if one.verification == "failed" or (one.verification not in ("unread", "running") and old):
            ref = datastore_ref(one)
            yield Violation(
                rule=RULE.id,
                subject=ref,
                scope=Ref("backups"),
                words=(
                    f"name={ref.name}",
                    f"last={'-' if at is None else at.date().isoformat()}",
                    f"days={MOST_DAYS}",
                ),
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the datastores of which the server does not tell, or whose run is under way."""
    for one in inputs.datastores:
        if one.verification in ("unread", "running"):
            yield Unobserved(datastore_ref(one), rule=RULE.id)
