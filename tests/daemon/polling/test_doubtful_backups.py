"""Backups that may be another guest's are doubtful; jobs that failed are read guest by guest."""

import dataclasses
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from noc_tui.cluster.answers import LogLineAnswer
from noc_tui.cluster.api_rows import ResourceRow, TaskRow
from noc_tui.cluster.build_snapshot import KnownCluster, PollAnswers, assemble
from noc_tui.cluster.errors import TimedOut
from noc_tui.cluster.pbs import BackupSnapshot, GroupRow, SnapshotRow, by_guest
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.config import BackupServer, ClusterConfig
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.polling import backups
from noc_tui.daemon.polling.backups import FreshHours
from noc_tui.daemon.polling.job_failures import JobFailures, read_failures
from storage.backups import BACKUPS, Backup
from storage.guest_counts import doubtful_backups, tenant_backups
from tests.support.context import START, made_context

pytestmark = pytest.mark.anyio
SERVER = BackupServer(
    name="store",
    site="dc2",
    url="https://127.0.0.1:9",
    datastore="backup",
    token_file=Path("t"),
    fingerprint=":".join(["00"] * 32),
)
THEIRS = "clusterb@pbs!b"
NOW = int(START.timestamp())


def cluster(name: str, site: str = "dc1") -> ClusterConfig:
    return ClusterConfig(
        name=name, site=site, endpoints=("https://127.0.0.1:9",), read_token_file=Path("t")
    )


def seen(name: str, guests: dict[int, str], tasks: Sequence[TaskRow] = ()) -> ClusterSnapshot:
    rows = tuple(
        ResourceRow(f"qemu/{vmid}", "qemu", node="a", vmid=vmid, name=one, status="running")
        for vmid, one in guests.items()
    )
    look = PollAnswers(name, "https://a", START, None, rows, tuple(tasks))
    return assemble(look, KnownCluster())[0]


def store(owner: str, notes: str | None, *, hours: int = 1, kept: int = 7) -> BackupSnapshot:
    """Backups of number 100, the newest so many hours ago."""
    rows = [
        SnapshotRow(
            "vm", "100", NOW - (hours + 24 * back) * 3600, size=1, owner=owner, comment=notes
        )
        for back in range(kept)
    ]
    group = GroupRow("vm", "100", NOW - hours * 3600, kept, owner)
    return BackupSnapshot(
        server="store",
        datastore="backup",
        namespace="",
        observed_at=START,
        total=None,
        used=None,
        guests=by_guest([group], rows),
    )


@pytest.fixture
async def context(tmp_path: Path) -> AsyncIterator[Context]:
    """Two clusters on dc1, both with a guest 100, and one datastore for both."""
    async with made_context(tmp_path) as made:
        config = msgspec.structs.replace(
            made.config, clusters=(cluster("c1"), cluster("c2")), backup_servers=(SERVER,)
        )
        context = dataclasses.replace(made, config=config)
        for name, guest in (("c1", "web"), ("c2", "other-client-db")):
            context.estate.remember(seen(name, {100: guest}))
        yield context


async def judged(
    context: Context, found: BackupSnapshot, server: BackupServer = SERVER
) -> dict[str, Backup]:
    """The rows of guest 100, by cluster."""
    failures, fresh = JobFailures(), await FreshHours.read(context)
    rows = backups.rows(server, found, context, fresh, failures)
    return {row.cluster: row for row in rows}


async def test_one_datastore_for_two_clusters_is_the_guests_whose_name_it_bears(
    context: Context,
) -> None:
    found = await judged(context, store(THEIRS, "other-client-db"))
    assert (found["c1"].state, found["c1"].kept) == ("doubtful", 0)
    assert found["c1"].doubt == f"number {THEIRS}"
    assert found["c1"].nights == ()
    assert (found["c2"].state, found["c2"].kept) == ("unverified", 7)


async def test_without_a_name_nobody_of_the_two_is_said_to_be_backed_up(context: Context) -> None:
    found = await judged(context, store(THEIRS, None))
    assert {row.state for row in found.values()} == {"doubtful"}


async def test_an_owner_that_is_configured_decides(context: Context) -> None:
    owners = {"c1": "clustera@pbs!a", "c2": THEIRS}
    server = msgspec.structs.replace(SERVER, owners=owners, check_names=False)
    found = await judged(context, store(THEIRS, None), server)
    assert found["c1"].doubt == f"owner {THEIRS}"
    assert (found["c2"].state, found["c2"].doubt) == ("unverified", "")


async def test_two_tables_for_one_namespace_are_seen_to_meet(context: Context) -> None:
    apart = [
        msgspec.structs.replace(SERVER, name=f"store-{name}", clusters=(name,))
        for name in ("c1", "c2")
    ]
    context.config = msgspec.structs.replace(context.config, backup_servers=tuple(apart))
    assert (await judged(context, store(THEIRS, None), apart[0]))["c1"].state == "doubtful"
    other = msgspec.structs.replace(apart[1], namespace="c2")
    context.config = msgspec.structs.replace(context.config, backup_servers=(apart[0], other))
    assert (await judged(context, store(THEIRS, None), apart[0]))["c1"].state == "unverified"


async def test_a_number_given_to_another_guest_has_none_of_its_backups(context: Context) -> None:
    alone = msgspec.structs.replace(context.config, clusters=(cluster("c1"),))
    context.config = alone
    context.estate.remember(seen("c2", {}))
    found = await judged(context, store(THEIRS, "old-web", hours=30))
    assert found["c1"].doubt == "name old-web"
    # its own first backup is newer: there is no doubt, and one copy is kept
    old, new = store(THEIRS, "old-web", hours=30), store(THEIRS, "web", kept=1)
    rows = [*old.guests["vm", "100"].backups, *new.guests["vm", "100"].backups]
    both = msgspec.structs.replace(old.guests["vm", "100"], backups=tuple(rows))
    mixed = msgspec.structs.replace(old, guests={("vm", "100"): both})
    row = (await judged(context, mixed))["c1"]
    assert (row.state, row.kept, row.doubt) == ("unverified", 1, "")


async def test_a_copy_on_its_own_site_is_shown_and_never_counts(context: Context) -> None:
    context.config = msgspec.structs.replace(
        context.config, clusters=(cluster("c1", "dc2"), cluster("c2"))
    )
    server = msgspec.structs.replace(SERVER, clusters=("c1",))
    context.config = msgspec.structs.replace(context.config, backup_servers=(server,))
    row = (await judged(context, store(THEIRS, "web"), server))["c1"]
    assert (row.state, row.offsite) == ("unverified", False)
    assert await judged(context, store(THEIRS, "other"), server) == {}
    empty = msgspec.structs.replace(store(THEIRS, "web"), guests={})
    assert await judged(context, empty, server) == {}
    async with context.writer.change(itself()) as change:
        await change.put(BACKUPS, [row])
    assert await tenant_backups(context.writer) == []
    assert await doubtful_backups(context.writer) == []


UPID = "UPID:a:00000001:00000001:{start:08X}:vzdump:{vmid}:root@pam:"
LOG = [
    "INFO: starting new backup job: vzdump --all 1 --mode snapshot",
    "ERROR: Backup of VM 100 failed - job failed with err -110 - Connection timed out",
    "INFO: Finished Backup of VM 101 (00:01:00)",
    "ERROR: Backup of VM 99999999999 failed - no such number",
]


def failed(vmid: str = "", *, ago: int = 3600) -> TaskRow:
    start = NOW - ago
    return TaskRow(
        upid=UPID.format(start=start, vmid=vmid), node="a", type="vzdump", id=vmid,
        user="root@pam", starttime=start, endtime=start + 60, status="job errors",
    )  # fmt: skip


class LogGateway:
    """Answers logs, and counts how often it is asked; silent at first if told so."""

    def __init__(self, silent: int = 0) -> None:
        self.asked: list[str] = []
        self.silent = silent

    async def task_log(self, upid: str, *, limit: int) -> list[LogLineAnswer]:
        self.asked.append(upid)
        if len(self.asked) <= self.silent:
            raise TimedOut("c1", None, "silent")
        return [LogLineAnswer(n, text) for n, text in enumerate(LOG, 1)]


async def test_a_failed_job_is_read_once_and_names_its_guests() -> None:
    snapshot = seen("c1", {100: "web"}, [failed()])
    failures, gateway = JobFailures(), LogGateway(silent=1)
    for _round in range(3):
        await failures.look(gateway, snapshot)  # type: ignore[arg-type]  # it answers logs alone
    assert len(gateway.asked) == 2
    ended = START - timedelta(seconds=3540)
    assert failures.last(snapshot) == {
        100: (ended, "job failed with err -110 - Connection timed out")
    }


async def test_many_failed_jobs_cost_a_few_requests_a_round() -> None:
    snapshot = seen("c1", {100: "web"}, [failed(ago=3600 * n) for n in range(1, 8)])
    failures, gateway = JobFailures(), LogGateway()
    await failures.look(gateway, snapshot)  # type: ignore[arg-type]  # it answers logs alone
    assert len(gateway.asked) == 2


async def test_the_newer_failure_of_a_guest_is_told() -> None:
    snapshot = seen("c1", {100: "web"}, [failed(ago=7200), failed("100", ago=3600)])
    failures = JobFailures()
    await failures.look(LogGateway(), snapshot)  # type: ignore[arg-type]  # it answers logs alone
    assert failures.last(snapshot)[100][1] == "job errors"
    assert read_failures(LOG, None) == {}
