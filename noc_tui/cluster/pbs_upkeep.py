"""How the upkeep of a datastore went: garbage collection and verification, from its jobs' rows."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

import msgspec

from noc_tui.cluster.api_rows import Instant, Name, Text

RunState = Literal["ok", "warning", "failed", "running", "never", "none"]
LONGEST_WORDS = 300


class UpkeepRow(msgspec.Struct, frozen=True, rename="kebab"):
    """A row of `/admin/gc` or `/admin/verify`: a datastore's job and its last run, absent before
    the first; no `last-run-state` while it runs.
    """

    store: Name
    last_run_state: Text = None
    last_run_endtime: Instant | None = None
    last_run_upid: Name | None = None


class UpkeepRun(msgspec.Struct, frozen=True):
    """How a kind of upkeep stands; `none` where the datastore has no such job. `at` is when the
    last run ended, `said` the server's own words.
    """

    state: RunState
    at: datetime | None = None
    said: str = ""


def find_last_run(rows: Iterable[UpkeepRow], store: str) -> UpkeepRun:
    """Return the last run of a datastore's jobs: the worst of several, then the newest."""
    runs = [_run(row) for row in rows if row.store == store]
    if not runs:
        return UpkeepRun("none")
    return min(runs, key=lambda run: (_WORST.index(run.state), -_seconds(run)))


_WORST: tuple[RunState, ...] = ("failed", "warning", "ok", "running", "never", "none")


def _seconds(run: UpkeepRun) -> float:
    return 0.0 if run.at is None else run.at.timestamp()


def _run(row: UpkeepRow) -> UpkeepRun:
    said = (row.last_run_state or "")[:LONGEST_WORDS]
    at = None if row.last_run_endtime is None else datetime.fromtimestamp(row.last_run_endtime, UTC)
    if not said:
        return UpkeepRun("never" if row.last_run_upid is None else "running", at)
    if said == "OK":
        return UpkeepRun("ok", at, said)
    return UpkeepRun("warning" if said.startswith("WARNINGS") else "failed", at, said)
