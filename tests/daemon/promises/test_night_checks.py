"""Each night is checked once it is over, and what was found is on record."""

from collections.abc import AsyncIterator, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui.clock import SteppedClock
from noc_tui.config.values import PromisesConfig
from noc_tui.contract.backup_nights import night_begin, night_end
from noc_tui.contract.calendar import Month, micros
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.promises.night_checks import NightChecks
from noc_tui.queries.promise_sheets import read_promise_sheets
from noc_tui.views.promise_sheet import NightFinding, PromiseSheet
from storage.backup_nights import BACKUP_NIGHTS, BackupNight
from storage.backups import BACKUPS, Backup
from storage.evidence import Query, search
from storage.guests import GUESTS, Guest
from storage.inventory import SOURCES, Source
from storage.ledger import PLACEMENTS, Placement
from storage.register import TENANT_POOLS, TENANTS, TenantPool
from storage.verdict import Verdict
from storage.verify import verify
from tests.support.changes import PREPARED, TESTER, recorded
from tests.support.context import made_context
from tests.support.guests import stored_guest
from tests.support.played_estate import tenant

pytestmark = pytest.mark.anyio

FIRST = date(2026, 3, 4)
"""The first night with a copy."""
CHECKED = night_end(date(2026, 3, 10)) + timedelta(hours=1)
"""When the night of the 10th is over."""


def guest_row(vmid: int) -> Guest:
    return stored_guest(vmid, name=f"web-{vmid}", pool="acme")


class Store:
    """A backup server as the slow tier stores it."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def keeps(self, vmid: int, nights: Iterable[date], intact: datetime | None) -> None:
        row = Backup(
            "rennes", vmid, "nantes", "dc2", "fresh", CHECKED, 1, True, 7, None,
            tuple(sorted(night.isoformat() for night in nights)), intact,
        )  # fmt: skip
        async with self._context.writer.change(itself()) as change:
            await change.put(BACKUPS, [row])

    async def read_at(self, at: datetime) -> None:
        source = Source("", "pbs:nantes", at, at, None, None, due_seconds=750)
        async with self._context.writer.change(itself()) as change:
            await change.put(SOURCES, [source])


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(CHECKED)


@pytest.fixture
async def context(tmp_path: Path, clock: SteppedClock) -> AsyncIterator[Context]:
    async with made_context(tmp_path, clock=clock) as made:
        since = micros(night_begin(FIRST))
        async with recorded(made.writer) as change:
            await change.put(TENANTS, [tenant("acme")])
            pool = TenantPool("rennes", "acme", date(2020, 1, 1), None, "acme")
            await change.put(TENANT_POOLS, [pool])
            await change.put(GUESTS, [guest_row(101), guest_row(102)])
            await change.put(PLACEMENTS, [placement(vmid, since) for vmid in (101, 102)])
        moved = micros(CHECKED) - 10**6  # 102 to another node: it has been there all the same
        async with made.writer.change(TESTER) as change:
            entry = await change.record(PREPARED, [], {})
            left = replace(placement(102, since), until=moved, ended_by=entry)
            await change.put(PLACEMENTS, [left], by=entry)
            there = replace(placement(102, moved), node="rennes/pve2", evidence=entry)
            await change.put(PLACEMENTS, [there], by=entry)
        yield made


def placement(vmid: int, since: int) -> Placement:
    return Placement(
        source=f"guest:rennes/{vmid}", since=since, tenant="acme", observer="cluster:rennes",
        node="rennes/pve1", until=None, evidence=1,
    )  # fmt: skip


def week(*left_out: int) -> list[date]:
    return [date(2026, 3, day) for day in range(4, 11) if day not in left_out]


async def stored(context: Context) -> dict[int, BackupNight]:
    return {row.night.day: row for row in await BACKUP_NIGHTS.read(context.writer)}


async def sheet(context: Context, clock: SteppedClock) -> PromiseSheet:
    async with context.writer.snapshot() as db:
        (found,) = await read_promise_sheets(
            db, PromisesConfig(), Month(2026, 3), clock.now(), "acme"
        )
    return found


async def test_a_hole_is_named_and_on_record(context: Context, clock: SteppedClock) -> None:
    store = Store(context)
    await store.keeps(101, week(), CHECKED)
    await store.keeps(102, week(7), None)
    await store.read_at(CHECKED)
    await NightChecks(context).check()
    rows = await stored(context)
    assert sorted(rows) == [4, 5, 6, 7, 8, 9, 10]
    assert (rows[7].guests, rows[7].kept, rows[7].holes) == (2, 1, ("rennes/102",))
    assert [row.holes for day, row in rows.items() if day != 7] == [()] * 6
    (entry,) = await search(context.writer, Query(kind="backup."))
    assert entry.subjects == ("tenant:acme",)
    assert await NightChecks(context).check() == []  # a night is checked once
    found = (await sheet(context, clock)).backups
    assert (found.nights, found.checked, found.owed, found.kept) == (7, 7, 14, 13)
    assert found.holes == (NightFinding(date(2026, 3, 7), ("rennes/102",)),)
    assert verify(context.config.database.path).verdict is Verdict.INTACT


async def test_a_store_that_is_silent_is_waited_for(context: Context, clock: SteppedClock) -> None:
    store = Store(context)
    await store.keeps(101, week(10), CHECKED)
    await store.keeps(102, week(10), CHECKED)
    await store.read_at(night_end(date(2026, 3, 10)) - timedelta(hours=2))
    await NightChecks(context).check()
    assert 10 not in await stored(context)
    assert (await sheet(context, clock)).backups.nights == 7
    assert (await sheet(context, clock)).backups.checked == 6
    await store.read_at(CHECKED)
    await NightChecks(context).check()
    assert (await stored(context))[10].holes == ("rennes/101", "rennes/102")


async def test_what_the_store_never_told_is_unknown(context: Context, clock: SteppedClock) -> None:
    """Not a hole, and not kept."""
    store = Store(context)
    await store.keeps(101, week(10), None)
    await store.keeps(102, week(10), None)
    await store.read_at(night_end(date(2026, 3, 10)) - timedelta(hours=2))
    await clock.advance(6 * 86400.0)
    await NightChecks(context).check()
    row = (await stored(context))[10]
    assert (row.guests, row.kept, row.holes) == (2, 0, ())
    assert row.unseen == ("rennes/101", "rennes/102")
    (unseen,) = (await sheet(context, clock)).backups.unseen
    assert unseen.night == date(2026, 3, 10)


async def test_a_new_guest_owes_nothing_of_before(context: Context) -> None:
    late = micros(night_begin(date(2026, 3, 9)) + timedelta(minutes=1))
    async with recorded(context.writer) as change:
        await change.put(GUESTS, [guest_row(103)])
        await change.put(PLACEMENTS, [replace(placement(103, late), evidence=3)])
    store = Store(context)
    for vmid in (101, 102):
        await store.keeps(vmid, week(), None)
    await store.keeps(103, (), None)
    await store.read_at(CHECKED)
    await NightChecks(context).check()
    rows = await stored(context)
    assert rows[9].holes == ()
    assert rows[10].holes == ("rennes/103",)


async def test_nights_that_nobody_looked_at_are_not_said_to_be_kept(
    context: Context, clock: SteppedClock
) -> None:
    store = Store(context)
    for vmid in (101, 102):
        await store.keeps(vmid, week(), None)
    await clock.advance(10 * 86400.0)  # nocd was away meanwhile, and copies are gone
    await store.read_at(clock.now())
    await NightChecks(context).check()
    assert sorted(await stored(context)) == list(range(14, 21))
    found = (await sheet(context, clock)).backups
    assert (found.nights, found.checked) == (17, 7)


async def test_a_restarted_count_of_verification(context: Context) -> None:
    store = Store(context)
    await store.keeps(101, week(), CHECKED - timedelta(days=8))
    await store.keeps(102, week(), CHECKED - timedelta(days=1))
    await store.read_at(CHECKED)
    await NightChecks(context).check()
    assert (await stored(context))[10].unverified == ("rennes/101",)
    config = replace(context.config, promises=PromisesConfig(verified_days=9))
    context.config = config
    async with recorded(context.writer) as change:
        await change.remove(BACKUP_NIGHTS, [("acme", "2026-03-10")])
    await NightChecks(context).check()
    assert (await stored(context))[10].unverified == ()


async def test_who_has_no_guest_any_more_owes_no_restore_test(
    context: Context, clock: SteppedClock
) -> None:
    assert (await sheet(context, clock)).backups.next_test is not None
    async with context.writer.change(itself()) as change:
        await change.remove(GUESTS, [("rennes", 101), ("rennes", 102)])
    assert (await sheet(context, clock)).backups.next_test is None
