"""A datastore whose garbage is not collected: it fills, whatever is pruned."""

from collections.abc import Iterator
from datetime import timedelta

from noc_tui.alerts.checks.datastore_full import datastore_ref
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="datastore-collection",
    severity="warning",
    text=N_(
        "datastore {name}: garbage collection failed or is older than {days} days; last run: {last}"
    ),
    next_step=N_(
        "See the task on the backup server; without it no pruned backup gives its space back."
    ),
)
MOST_DAYS = 8
"""A weekly run may be a day late."""


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each datastore whose last run failed, is too old, or never was."""
    for one in inputs.datastores:
        at = one.collected_at
        old = at is None or inputs.now - at > timedelta(days=MOST_DAYS)
        if one.collection == "failed" or (one.collection not in ("unread", "running") and old):
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
        if one.collection in ("unread", "running"):
            yield Unobserved(datastore_ref(one), rule=RULE.id)
