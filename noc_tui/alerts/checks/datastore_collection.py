"""A datastore whose garbage is not collected: it fills, whatever is pruned."""

from collections.abc import Iterator
from datetime import datetime

from noc_tui.alerts.datastore_runs import late_runs, unknown_runs
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from storage.datastores import Datastore

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


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each datastore whose last run failed, is too old, or never was."""
    return late_runs(RULE.id, inputs, _last_run)


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the datastores of which the server does not tell, or whose run is under way."""
    return unknown_runs(RULE.id, inputs, _last_run)


def _last_run(datastore: Datastore) -> tuple[str, datetime | None]:
    return datastore.collection, datastore.collected_at
