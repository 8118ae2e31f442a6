"""How a datastore's upkeep went, from the rows of its jobs."""

from datetime import UTC, datetime

import pytest

from noc_tui.cluster.decoding import read_rows
from noc_tui.cluster.omissions import OmissionLog
from noc_tui.cluster.pbs_upkeep import UpkeepRow, UpkeepRun, find_last_run

AT = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)
END = int(AT.timestamp())


def row(state: str | None, end: int | None = END, store: str = "backup") -> UpkeepRow:
    return UpkeepRow(store, state, end, None if end is None else "UPID:x")


@pytest.mark.parametrize(
    ("rows", "run"),
    [
        ([], UpkeepRun("none")),
        ([row("OK", store="other")], UpkeepRun("none")),
        ([row("OK")], UpkeepRun("ok", AT, "OK")),
        ([row("WARNINGS: 2")], UpkeepRun("warning", AT, "WARNINGS: 2")),
        ([row("datastore is locked")], UpkeepRun("failed", AT, "datastore is locked")),
        ([row(None)], UpkeepRun("running", AT)),
        ([row(None, None)], UpkeepRun("never")),
        (
            [row("OK"), row("damaged", END - 3600)],
            UpkeepRun("failed", AT.replace(hour=3), "damaged"),
        ),
        ([row("OK", END - 3600), row("OK")], UpkeepRun("ok", AT, "OK")),
    ],
)
def test_the_worst_job_then_the_newest_run_counts(rows: list[UpkeepRow], run: UpkeepRun) -> None:
    assert find_last_run(rows, "backup") == run


def test_a_row_is_read_as_the_server_writes_it() -> None:
    body = (
        b'{"data":[{"store":"backup","schedule":"daily","last-run-state":"OK","last-run-endtime":'
        b'1773117000,"last-run-upid":"UPID:pbs","disk-bytes":12,"next-run":1773203400},{"no":1}]}'
    )
    log = OmissionLog()
    assert find_last_run(read_rows(body, UpkeepRow, log), "backup").state == "ok"
    assert log.total().rows == 1
