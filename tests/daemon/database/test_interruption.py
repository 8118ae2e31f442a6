"""An hour in which nothing can be written, by real faults of the file: what was seen is on record
afterwards as if nothing had been, whoever is on call is told meanwhile, and no service ends.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from noc_tui.clock import SteppedClock
from noc_tui.config import Configuration, Secrets
from noc_tui.config.values import ClusterConfig, Database, OnCallConfig, Poll, Receiver, Socket
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.alerts.alert_loop import AlertLoop
from noc_tui.daemon.alerts.collect_inputs import InputCollector
from noc_tui.daemon.availability.backlog import Backlog
from noc_tui.daemon.availability.ingest import AvailabilityIngest
from noc_tui.daemon.core.bus import Bus
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.observations import Observation, Round
from noc_tui.daemon.core.snapshot_cache import SnapshotCache
from noc_tui.daemon.core.supervision import supervise
from noc_tui.daemon.database.service import CHANGED, DatabaseWatch
from storage import connection, errors
from storage.database import Writer
from storage.evidence import Query, search
from storage.ledger import GAPS, LEDGER
from storage.oncall import ALERTS
from storage.outages import OUTAGES, UNMEASURED
from storage.register import replace_register
from storage.verdict import Verdict
from storage.verify import verify
from tests.daemon.paging.test_pager import Outside, outside
from tests.support.changes import recorded
from tests.support.faults import (
    full_disk,
    held_by_a_reader,
    held_by_a_writer,
    limited_size,
    small_disk,
)
from tests.support.played_estate import REGISTER, START, STEP, Estate, guest, node
from tests.support.waiting import patience, until

pytestmark = pytest.mark.anyio
Fault = Callable[[Path], AbstractContextManager[str]]
FAULTS: dict[str, tuple[Fault, str]] = {
    "full disk": (full_disk, "full"),
    "limited size": (limited_size, "unavailable"),
    "another writer": (held_by_a_writer, "busy"),
    "a reader's lock": (held_by_a_reader, "busy"),
}
POLLS = int(3600 / STEP)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock is waited for in vain for a moment, not for five seconds."""
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_MS", 50)


def _quiet(_logger: object, _method: str, event: structlog.typing.EventDict) -> str:
    return str(event["event"])


@asynccontextmanager
async def made_estate(directory: Path, *receivers: Receiver) -> AsyncIterator[Estate]:
    clock = SteppedClock(START)
    writer = await Writer.open(directory / "db" / "noc.db", clock_now=clock.now)
    async with recorded(writer) as change:
        await replace_register(change, REGISTER)
    config = Configuration(
        database=Database(path=writer.path),
        socket=Socket(path=directory / "nocd.sock"),
        poll=Poll(fast=STEP, stale_after=2 * STEP),
        clusters=(
            ClusterConfig(
                name="rennes",
                site="rennes",
                endpoints=("https://pve1.example.fr:8006",),
                read_token_file=directory / "token",
            ),
        ),
        oncall=OnCallConfig(receivers=receivers, escalate_after=600),
    )
    context = Context(
        config=config,
        secrets=Secrets(),
        terms=load_shipped_book(),
        clock=clock,
        writer=writer,
        gateways={},
        estate=SnapshotCache(),
        bus=Bus(),
        logger=structlog.wrap_logger(structlog.ReturnLogger(), processors=[_quiet]),
    )
    guests = {
        one.vmid: one
        for one in (guest(101, "acme"), guest(102, "acme", "pve2"), guest(201, "zeta"))
    }
    try:
        yield Estate(context, clock, guests, {name: node(name) for name in ("pve1", "pve2")})
    finally:
        await writer.close()


async def play(estate: Estate, watch: DatabaseWatch) -> None:
    """An hour: acme is out from the third poll to the eighth, zeta moves, one comes and goes."""
    for number in range(POLLS):
        if number == 2:
            estate.put(guest(101, "acme", status="stopped"))
            estate.put(guest(102, "acme", "pve2", status="stopped"))
        if number == 4:
            estate.put(guest(201, "zeta", "pve2"))
        if number == 7:
            estate.put(guest(101, "acme"), guest(102, "acme", "pve2"))
        await estate.poll()
        await watch.look()


async def rows(estate: Estate) -> dict[str, list[Any]]:
    """What is on record of the time, without the numbers of entries."""
    db = estate.context.writer
    return {
        "ledger": sorted(
            (one.source, one.since, one.before, one.state, one.reason)
            for one in await LEDGER.read(db)
        ),
        "gaps": [(one.observer, one.start, one.end) for one in await GAPS.read(db)],
        "outages": [(one.tenant, one.start, one.end) for one in await OUTAGES.read(db)],
        "unmeasured": [(one.tenant, one.start, one.end) for one in await UNMEASURED.read(db)],
    }


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.needs_mount) if name == "full disk" else name
        for name in FAULTS
    ],
)
async def test_an_hour_without_writing_is_measured_and_told(tmp_path: Path, name: str) -> None:
    fault, kind = FAULTS[name]
    async with made_estate(tmp_path / "control") as control:
        watch = DatabaseWatch(control.context)
        await control.poll(3)
        await play(control, watch)
        await control.poll(4)
        expected = await rows(control)
    assert expected["outages"]
    with ExitStack() as disk:
        directory = tmp_path / "faulty"
        if name == "full disk":
            disk.enter_context(small_disk(directory))
        async with outside() as there:
            receivers = (
                Receiver(name="duty", kind="json", url=there.url),
                Receiver(name="dead", kind="json", url="http://127.0.0.1:9/"),
            )
            async with made_estate(directory, *receivers) as estate:
                await interrupted(estate, there, fault, kind)
                assert await rows(estate) == expected
        assert verify(directory / "db" / "noc.db").verdict is Verdict.INTACT


async def interrupted(estate: Estate, there: Outside, fault: Fault, kind: str) -> None:
    """The hour with the fault, and what is known of it then and afterwards."""
    context, watch = estate.context, DatabaseWatch(estate.context)
    alerts = AlertLoop(context, InputCollector(context))
    ended: list[str] = []
    await estate.poll(3)
    async with recorded(context.writer) as change:
        await change.record("test.acknowledged", [], {"n": 1})

    async def service() -> None:
        async with context.writer.change(itself()) as change:
            await change.record("test.service", [], {})
        ended.append("done")

    with fault(context.writer.path) as holder:
        kept = asyncio.create_task(supervise(context, "service", service))
        await play(estate, watch)
        trouble, known = context.writer.trouble, context.failures.interruption
        assert trouble is not None
        assert known is not None
        assert (trouble.kind, known.kind, known.until) == (kind, kind, None)
        assert holder in known.text
        with pytest.raises(errors.UnwritableError):
            async with context.writer.change(itself()):
                pass
        await there.has_got(1)
        told = json.loads(there.bodies[0])
        assert (told["severity"], told["state"]) == ("critical", "open")
        assert holder in told["text"]
        assert not ended
    await asyncio.sleep(1.1 if kind == "busy" else 0)  # of real time: the lock is not asked before
    await watch.look()
    await estate.poll()
    await watch.look()
    assert context.writer.trouble is None
    assert context.failures.interruption is not None
    assert context.failures.interruption.until is not None
    (entry,) = await search(context.writer, Query(kind=CHANGED))
    assert entry is not None
    await alerts.look()
    (alert,) = [one for one in await ALERTS.read(context.writer) if one.rule == "database"]
    assert (alert.state, alert.since) == ("open", known.since)
    await estate.poll(3)
    for _ in range(3):
        await alerts.look()
        await estate.clock.advance(0)
    (alert,) = [one for one in await ALERTS.read(context.writer) if one.rule == "database"]
    assert alert.state == "resolved"
    async with patience():
        await kept
    assert ended == ["done"]
    assert len(there.bodies) == 1
    assert await search(context.writer, Query(kind="test.acknowledged"))


def test_what_finds_no_room_in_memory_is_counted_and_left_to_a_gap() -> None:
    backlog = Backlog(repeats=3, most=5)
    for number in range(9):
        seen = [Observation("guest:rennes/101", False, "stopped")]
        backlog.add(Round("cluster:rennes", number, seen, {"guest:rennes/101": ("acme", "x")}), 10)
    assert (len(backlog), backlog.refused) == (5, 4)
    kept = []
    while backlog:
        kept.append(backlog.first[0])
        backlog.pop()
    assert [len(one.observations) for one in kept] == [1, 1, 1, 0, 0]
    assert [len(one.placed) for one in kept] == [1, 0, 0, 0, 0]
    assert [one.at for one in kept] == list(range(5))
    assert backlog.refused == 0


@pytest.fixture
def small_backlog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backlog.__init__, "__defaults__", (4,))


@pytest.mark.usefixtures("small_backlog")
async def test_what_overflows_is_unmeasured_and_never_available(tmp_path: Path) -> None:
    async with made_estate(tmp_path) as estate:
        estate.watch = AvailabilityIngest(estate.context)
        await estate.poll(3)
        estate.put(guest(101, "acme", status="stopped"))
        with limited_size(estate.context.writer.path):
            await estate.poll(POLLS)
        await estate.poll(2)
        gaps = [(one.start, one.end) for one in await GAPS.read(estate.context.writer)]
        assert gaps == [(estate.at(3 + 4), estate.at(3 + POLLS + 1))]
        unmeasured = await UNMEASURED.read(estate.context.writer)
        assert {one.tenant for one in unmeasured} == {"acme", "zeta"}


async def test_a_service_that_fails_is_restarted_and_named(tmp_path: Path) -> None:
    async with made_estate(tmp_path) as estate:
        tries: list[int] = []

        async def failing() -> None:
            tries.append(1)
            if len(tries) < 3:
                raise ExceptionGroup("loops", [ValueError("odd")])

        kept = asyncio.create_task(supervise(estate.context, "odd", failing))
        await until(kept.done, meanwhile=lambda: estate.clock.advance(1))
        await kept
        assert len(tries) == 3
        assert estate.context.failures.services == {"odd": "ValueError: odd"}
        await estate.clock.advance(timedelta(minutes=6).total_seconds())
        assert estate.context.failures.services == {}

        async def doubtful() -> None:
            raise errors.DamagedError("damaged")

        with pytest.raises(errors.DamagedError):
            await supervise(estate.context, "record", doubtful)
