"""A start that has to wait for its database says so to those on call, and to nobody too early."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noc_tui.clock import SteppedClock
from noc_tui.config import Configuration, Secrets
from noc_tui.config.values import Database, OnCallConfig, Receiver, Socket
from noc_tui.daemon.core.bus import Bus
from noc_tui.daemon.core.failures import BRIEF
from noc_tui.daemon.database import opening
from noc_tui.daemon.database.opening import Opening
from storage import connection, errors, migrations
from storage.connection import Readable
from storage.database import Writer
from storage.evidence import Actor, Query, search
from tests.daemon.database.test_suspicion import spoil
from tests.daemon.paging.test_pager import outside
from tests.support.faults import held_alone, held_by_a_writer
from tests.support.waiting import patience

pytestmark = pytest.mark.anyio
START = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_MS", 50)
    monkeypatch.setattr(migrations, "BUSY_TIMEOUT_SECONDS", 0.05)
    monkeypatch.setattr(opening, "OPEN_AGAIN_SECONDS", 0.01)


async def nothing(_db: Readable) -> None:
    """Nothing is to be prepared."""


def opening_of(path: Path, clock: SteppedClock, *receivers: Receiver) -> Opening:
    config = Configuration(
        database=Database(path=path),
        socket=Socket(path=path.with_name("nocd.sock")),
        oncall=OnCallConfig(receivers=receivers),
    )
    stop: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    return Opening(
        config=config, secrets=Secrets(), clock=clock, bus=Bus(), prepare=nothing, stop=stop
    )


async def closed_database(path: Path, clock: SteppedClock) -> None:
    writer = await Writer.open(path, clock_now=clock.now)
    async with writer.change(Actor(0, "root")) as change:
        await change.record("test.before", [], {})
    await writer.close()


async def test_a_file_that_another_has_alone_is_waited_for_and_told(tmp_path: Path) -> None:
    path, clock = tmp_path / "db" / "noc.db", SteppedClock(START)
    await closed_database(path, clock)
    async with outside() as there:
        start = opening_of(path, clock, Receiver(name="duty", kind="json", url=there.url))
        with held_alone(path) as holder:
            begun = asyncio.create_task(start.open())
            async with patience():
                await start.waits.wait()
                assert not there.bodies
                await clock.advance(BRIEF.total_seconds())
                await there.has_got(1)
            assert not begun.done()
        async with patience():
            writer = await begun
        await writer.close()
    told = json.loads(there.bodies[0])
    assert told["severity"] == "critical"
    assert f"measures nothing: another program holds it: {holder}" in told["text"]
    assert len(there.bodies) == 1


async def test_a_file_that_another_merely_writes_is_opened_and_read(tmp_path: Path) -> None:
    path, clock = tmp_path / "db" / "noc.db", SteppedClock(START)
    await closed_database(path, clock)
    with held_by_a_writer(path):
        async with patience():
            writer = await opening_of(path, clock).open()
        try:
            assert len(await search(writer, Query(kind="test."))) == 1
            with pytest.raises(errors.BusyError):
                async with writer.change(Actor(0, "root")):
                    pass
            assert writer.trouble is not None
        finally:
            await writer.close()


async def test_the_order_to_stop_ends_the_wait(tmp_path: Path) -> None:
    path, clock = tmp_path / "db" / "noc.db", SteppedClock(START)
    await closed_database(path, clock)
    start = opening_of(path, clock)
    with held_alone(path):
        begun = asyncio.create_task(start.open())
        assert start.stop is not None
        start.stop.set_result(None)
        with pytest.raises(errors.BusyError):
            async with patience():
                await begun


async def test_a_file_that_is_damaged_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    path, clock = tmp_path / "db" / "noc.db", SteppedClock(START)
    await closed_database(path, clock)
    spoil(path)
    with pytest.raises(errors.DamagedError, match="the database is damaged, restore"):
        async with patience():
            await opening_of(path, clock).open()
