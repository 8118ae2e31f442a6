"""What alerts are about datastores, and rules about what runs over them from time to time."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.ref import Ref
from storage.datastores import Datastore

MOST_DAYS = 8
"""A weekly run may be a day late."""
UNKNOWN = ("unread", "running")
"""Of such a run nobody knows yet how it ended."""
LastRun = Callable[[Datastore], tuple[str, datetime | None]]
"""How the last run ended, and when."""


def datastore_ref(datastore: Datastore) -> Ref:
    """Return the subject of alerts about it."""
    return Ref.of("datastore", datastore.server, datastore.datastore)


def late_runs(rule: str, inputs: AlertInputs, last_run: LastRun) -> Iterator[Violation]:
    """Yield each datastore whose last run failed, is too old, or never was."""
    for one in inputs.datastores:
        state, at = last_run(one)
        old = at is None or inputs.now - at > timedelta(days=MOST_DAYS)
        if state == "failed" or (state not in UNKNOWN and old):
            ref = datastore_ref(one)
            yield Violation(
                rule=rule,
                subject=ref,
                scope=Ref("backups"),
                words=(
                    f"name={ref.name}",
                    f"last={'-' if at is None else at.date().isoformat()}",
                    f"days={MOST_DAYS}",
                ),
            )


def unknown_runs(rule: str, inputs: AlertInputs, last_run: LastRun) -> Iterator[Unobserved]:
    """Yield the datastores of which the server does not tell, or whose run is under way."""
    for one in inputs.datastores:
        if last_run(one)[0] in UNKNOWN:
            yield Unobserved(datastore_ref(one), rule=rule)
