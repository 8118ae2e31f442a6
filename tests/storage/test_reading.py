"""Reading in pages, and asking first whether there is anything to read."""

import asyncio

import pytest

from storage import tables
from storage.change import forget_deletions
from storage.database import Writer
from storage.guests import GUESTS, Guest
from storage.inventory import NODES, POOLS, Pool
from tests.storage.conftest import NOW, OMAR
from tests.support.guests import stored_guest

pytestmark = pytest.mark.anyio


def guest(cluster: str, vmid: int) -> Guest:
    return stored_guest(
        vmid, cluster=cluster, name=f"g{vmid}", pool="acme", cpu_percent=25, memory_percent=25,
        cpus=4.0, memory=4 << 30, disk=32 << 30, booted_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("size", [1, 3, 7, 100])
async def test_pages_hold_every_row_once_in_order(writer: Writer, size: int) -> None:
    guests = [guest(cluster, vmid) for cluster in ("nantes", "rennes") for vmid in range(100, 107)]
    async with writer.change(OMAR) as change:
        await change.put(GUESTS, reversed(guests))
    async with writer.snapshot() as db:
        pages = [page async for page in GUESTS.pages(db, size)]
    assert [row for page in pages for row in page] == guests
    assert all(0 < len(page) <= size for page in pages)


async def test_an_empty_table_has_no_page(writer: Writer) -> None:
    async with writer.snapshot() as db:
        assert [page async for page in GUESTS.pages(db)] == []


async def test_only_tables_that_changed_are_named(writer: Writer) -> None:
    async with writer.change(OMAR) as change:
        await change.put(GUESTS, [guest("rennes", 100)])
        await change.put(POOLS, [Pool("rennes", "acme")])
        first = change.revision
    async with writer.change(OMAR) as change:
        await change.remove(POOLS, [("rennes", "acme")])
        second = change.revision
    every = (GUESTS, POOLS, NODES)
    assert await tables.changed_tables(writer, 0, *every) == frozenset({"guest", "pool"})
    assert await tables.changed_tables(writer, first, *every) == frozenset({"pool"})
    assert await tables.changed_tables(writer, second, *every) == frozenset()
    newer = await POOLS.changes_since(writer, first)
    assert (newer.rows, newer.deletions) == ([], [("rennes", "acme")])


async def test_who_was_away_too_long_is_told_so(writer: Writer) -> None:
    async with writer.change(OMAR) as change:
        await change.put(POOLS, [Pool("rennes", "acme")])
        first = change.revision
    async with writer.change(OMAR) as change:
        await change.remove(POOLS, [("rennes", "acme")])
    async with writer.change(OMAR) as change:
        await forget_deletions(change, NOW.replace(year=NOW.year + 1))
    assert await tables.changed_tables(writer, first, POOLS) is None


@pytest.mark.parametrize("steps", range(6))
async def test_whoever_gives_up_reading_leaves_nothing_open(writer: Writer, steps: int) -> None:
    async def read() -> None:
        async with writer.snapshot() as db:
            await db.rows("SELECT 1")

    for _attempt in range(20):
        given_up = asyncio.create_task(read())
        for _step in range(steps):
            await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        await read()
