"""Transactions, revisions, readers: on real files, with real connections."""

import asyncio
import stat
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from storage import errors, settings, tables
from storage.change import forget_deletions
from storage.database import Reader, Writer
from storage.guests import GUEST_LOADS, GUESTS, Guest, GuestLoad
from storage.inventory import POOLS, KnownRows, Part, Pool, write_poll
from storage.register import AMOUNTS, TenantAmount
from tests.storage.conftest import NOW, OMAR
from tests.support.changes import recorded
from tests.support.guests import stored_guest

pytestmark = pytest.mark.anyio


def guest(vmid: int, status: str = "running") -> Guest:
    return stored_guest(
        vmid, name=f"g{vmid}", status=status, pool="acme", cpu_percent=25, memory_percent=25,
        cpus=4.0, memory=4 << 30, disk=32 << 30, booted_at=NOW, tags=("a", "b;c"),
    )  # fmt: skip


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_files_have_their_modes_and_stay_readable(path: Path) -> None:
    writer = await Writer.open(path, clock_now=lambda: NOW)
    sidecars = [path.with_name(path.name + suffix) for suffix in ("-wal", "-shm")]
    assert mode(path.parent) == 0o2750
    assert [mode(file) for file in (path, *sidecars)] == [0o640] * 3
    await writer.close()
    assert [mode(file) for file in (path, *sidecars)] == [0o640] * 3
    assert sidecars[0].stat().st_size == 0


async def test_a_stricter_directory_is_left_alone(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    await (await Writer.open(path, clock_now=lambda: NOW)).close()
    assert mode(path.parent) == 0o700


async def test_rows_come_back_as_they_were(writer: Writer) -> None:
    async with writer.change(OMAR) as change:
        assert await change.put(GUESTS, [guest(100)]) == 1
    assert await GUESTS.read(writer) == [guest(100)]
    assert await GUESTS.get(writer, "rennes", 100) == guest(100)
    assert await GUESTS.get(writer, "rennes", 101) is None


async def test_only_changed_rows_get_a_new_revision(writer: Writer) -> None:
    async with writer.change(OMAR) as change:
        await change.put(GUESTS, [guest(100), guest(101)])
        first = change.revision
    async with writer.change(OMAR) as change:
        assert await change.put(GUESTS, [guest(100), guest(101, "stopped")]) == 1
    assert await GUESTS.read(writer, since=first) == [guest(101, "stopped")]


async def test_a_load_amends_its_guest_and_adds_none(writer: Writer) -> None:
    async with writer.change(OMAR) as change:
        await change.put(GUESTS, [guest(100), guest(101)])
        first = change.revision
    loads = [GuestLoad("rennes", vmid, 80, 25, None) for vmid in (100, 999)]
    async with writer.change(OMAR) as change:
        assert await change.put(GUEST_LOADS, [*loads, GuestLoad("rennes", 101, 25, 25, None)]) == 1
    newer = await GUESTS.read(writer, since=first)
    assert newer == [replace(guest(100), cpu_percent=80)]
    assert len(await GUESTS.read(writer)) == 2


async def test_a_reader_by_revision_learns_what_is_gone_and_what_came_back(writer: Writer) -> None:
    async with writer.change(OMAR) as change:
        await change.put(GUESTS, [guest(100), guest(101)])
        start = change.revision
    async with writer.change(OMAR) as change:
        await change.remove(GUESTS, [("rennes", 100)])
        removed = change.revision
    changes = await GUESTS.changes(writer, start)
    assert (changes.rows, changes.deletions, changes.complete) == ([], [("rennes", 100)], False)
    async with writer.change(OMAR) as change:
        await change.put(GUESTS, [guest(100)])
    again = await GUESTS.changes(writer, removed)
    assert (again.rows, again.deletions) == ([guest(100)], [])


async def test_a_row_whose_key_holds_a_day_can_go(writer: Writer) -> None:
    """A register that drops an amount, a pool's history or a tenant is stored as any other."""
    first, second = (
        TenantAmount("acme", date(2026, month, 1), Decimal("12.50")) for month in (1, 2)
    )
    async with recorded(writer) as change:
        await change.replace(AMOUNTS, [first, second])
        before = change.revision
    async with recorded(writer) as change:
        assert await change.replace(AMOUNTS, [second]) == 1
    assert await AMOUNTS.read(writer) == [second]
    assert await AMOUNTS.deletions(writer, before) == [AMOUNTS.key_of(first)]


async def test_who_was_away_too_long_reads_all_anew(writer: Writer) -> None:
    async with writer.change(OMAR) as change:
        await change.put(POOLS, [Pool("rennes", "a"), Pool("rennes", "b")])
        start = change.revision
    async with writer.change(OMAR) as change:
        await change.remove(POOLS, [("rennes", "a")])
    async with writer.change(OMAR) as change:
        await forget_deletions(change, NOW.replace(year=2027))
    changes = await POOLS.changes(writer, start)
    assert changes.complete
    assert changes.rows == [Pool("rennes", "b")]


async def test_a_change_that_fails_leaves_nothing(writer: Writer) -> None:
    before = await tables.revision(writer)

    async def fail() -> None:
        async with writer.change(OMAR) as change:
            await change.put(GUESTS, [guest(100)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await GUESTS.read(writer) == []
    assert await tables.revision(writer) == before


async def test_a_cancelled_change_leaves_nothing_and_no_lock(writer: Writer) -> None:
    inside = asyncio.Event()

    async def fail() -> None:
        async with writer.change(OMAR) as change:
            await change.put(GUESTS, [guest(100)])
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(fail())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with writer.change(OMAR) as change:
        await change.put(GUESTS, [guest(101)])
    assert await GUESTS.read(writer) == [guest(101)]


async def test_coroutines_never_share_a_transaction(writer: Writer) -> None:
    async def count(number: int) -> None:
        async with writer.change(OMAR) as change:
            value = await settings.get(change, "count", int) or 0
            await asyncio.sleep(0)
            await settings.put(change, "count", value + 1)

    await asyncio.gather(*(count(n) for n in range(50)))
    assert await settings.get(writer, "count", int) == 50


async def test_the_writers_readers_see_committed_rows_only(writer: Writer) -> None:
    async with writer.change(OMAR) as change:
        await change.put(GUESTS, [guest(100)])
        assert await GUESTS.read(writer) == []
    assert len(await GUESTS.read(writer)) == 1


async def test_a_poll_is_written_in_slices_and_closed_last(writer: Writer) -> None:
    seen = {GUESTS.key_of(g): g for g in map(guest, range(100, 1300))}
    part = KnownRows().part(GUESTS, seen)
    revisions: list[int] = []

    async def closing(change: object) -> None:
        revisions.append(len(await GUESTS.read(writer)))

    last = await write_poll(writer, OMAR, [part], closing)
    assert revisions == [1000]
    assert last == 3
    async with writer.snapshot() as db:
        known = KnownRows({"guest": {GUESTS.key_of(row): row for row in await GUESTS.read(db)}})
    del seen[("rennes", 100)]
    gone = known.part(GUESTS, seen)
    assert gone == Part(GUESTS, [], [("rennes", 100)])
    pools = Part(POOLS, [Pool("rennes", "acme")])
    assert await write_poll(writer, OMAR, [pools, gone], closing) == last + 1


async def test_a_reader_sees_commits_and_cannot_write(writer: Writer, path: Path) -> None:
    reader = await Reader.open(path, daemon_alive=lambda: True)
    try:
        assert await GUESTS.read(reader) == []
        async with writer.change(OMAR) as change:
            await change.put(GUESTS, [guest(100)])
        async with reader.snapshot() as db:
            assert await GUESTS.read(db) == [guest(100)]
        with pytest.raises(errors.ReadOnlyError, match="attempt to write a readonly database"):
            await reader.rows("DELETE FROM guest")
    finally:
        await reader.close()


async def test_a_missing_database_is_said_to_be_missing(path: Path) -> None:
    with pytest.raises(errors.UnavailableError, match=r"noc\.db: there is no database"):
        await Reader.open(path, daemon_alive=lambda: False)


async def test_clock_and_heartbeat(writer: Writer) -> None:
    assert await settings.read_clock(writer) == settings.ClockNumbers()
    assert await settings.read_heartbeat(writer) is None
    numbers = settings.ClockNumbers(NOW, 1234.5, 60.0)
    beat = settings.Heartbeat(NOW, NOW, 42, "0.1.0")
    async with writer.change(OMAR) as change:
        await settings.put_clock(change, numbers)
        await settings.put_heartbeat(change, beat)
    assert await settings.read_clock(writer) == numbers
    assert await settings.read_heartbeat(writer) == beat
