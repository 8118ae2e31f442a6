"""Guests' figures: strains that begin, last and end, and the month's sums."""

import dataclasses
from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from noc_tui.clock import SteppedClock
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.config.values import Poll, PromisesConfig
from noc_tui.contract.calendar import Month
from noc_tui.contract.resources import LOOKED
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.snapshot_cache import SnapshotCache
from noc_tui.daemon.promises.inside_rounds import next_guests
from noc_tui.daemon.promises.resource_watch import ResourceWatch
from noc_tui.queries.promise_sheets import read_promise_sheets
from storage.guests import GUESTS
from storage.register import TENANT_POOLS, TenantPool
from storage.resources import (
    GUEST_INSIDES,
    GUEST_STRAINS,
    RESOURCE_LIMITS,
    WATCH_MONTHS,
    GuestInside,
    ResourceLimit,
    WatchMonth,
)
from tests.daemon.promises.conftest import Post
from tests.daemon.promises.test_night_checks import guest_row
from tests.support.changes import recorded
from tests.support.context import START
from tests.support.played_estate import guest

pytestmark = pytest.mark.anyio
PACE = 300.0
Noc = tuple[Context, Post]


class Watched:
    """Acme's guests as polls see them, and looks at them five minutes apart."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.clock = context.clock
        self.watch = ResourceWatch(context)
        self.guests: dict[int, GuestSnapshot] = {}

    async def begin(self, *guests: GuestSnapshot) -> None:
        async with recorded(self.context.writer) as change:
            pool = TenantPool("rennes", "acme", date(2020, 1, 1), None, "acme")
            await change.put(TENANT_POOLS, [pool])
            await change.put(GUESTS, [guest_row(one.vmid) for one in guests])
        self.guests = {one.vmid: one for one in guests}
        await self.look()

    async def look(self, *, seen: bool = True, **changes: object) -> None:
        """Let a slow round pass and look; `changes` are the figures of guest 101."""
        self.guests[101] = replace(self.guests[101], **changes)
        assert isinstance(self.clock, SteppedClock)
        await self.clock.advance(PACE)
        if seen:
            self.context.estate.remember(snapshot(self.clock.now(), self.guests))
        await self.watch.look()

    async def strains(self) -> dict[tuple[int, str], tuple[int, datetime]]:
        rows = await GUEST_STRAINS.read(self.context.writer)
        return {(row.vmid, row.measure): (row.percent, row.since) for row in rows}

    async def month(self, measure: str) -> tuple[int, int, int, int | None]:
        """known, unknown and bad seconds, and the peak, of 101; of the tenant what was looked."""
        subject = "" if measure == LOOKED else "guest:rennes/101"
        row = await WATCH_MONTHS.get(self.context.writer, "2026-03", "acme", subject, measure)
        assert row is not None
        return row.known, row.unknown, row.bad, row.peak


def snapshot(at: datetime, guests: dict[int, GuestSnapshot]) -> ClusterSnapshot:
    return ClusterSnapshot(
        cluster="rennes", observed_at=at, endpoint="https://pve1.example.fr:8006", version="8.4",
        quorate=True, nodes={}, guests=dict(guests), storages={}, pools={}, tasks={},
    )  # fmt: skip


def busy(vmid: int = 101, kind: str = "lxc", **figures: int) -> GuestSnapshot:
    quiet = {"cpu_percent": 10, "memory_percent": 50, "disk_percent": 40}
    return replace(guest(vmid, "acme"), kind=kind, **{**quiet, **figures})


@pytest.fixture
async def watched(noc: Noc) -> Watched:
    context, _post = noc
    context.config = replace(context.config, poll=Poll(slow=PACE))
    return Watched(context)


async def test_a_strain_lasts_until_it_is_seen_to_be_over(watched: Watched) -> None:
    await watched.begin(busy())
    await watched.look(memory_percent=97)
    began = watched.clock.now()
    assert await watched.strains() == {(101, "memory"): (97, began)}
    await watched.look(memory_percent=99)
    assert await watched.strains() == {(101, "memory"): (99, began)}
    await watched.look(status="unknown")
    await watched.look(seen=False, status="running", memory_percent=50)
    assert await watched.strains() == {(101, "memory"): (99, began)}, "unknown ends nothing"
    await watched.look(memory_percent=50)
    assert await watched.strains() == {}
    assert await watched.month("memory") == (900, 600, 600, 99)
    assert await watched.month(LOOKED) == (1500, 0, 0, None)


async def test_a_look_stands_for_no_time_in_which_nobody_looked(watched: Watched) -> None:
    await watched.begin(busy())
    assert isinstance(watched.clock, SteppedClock)
    await watched.clock.advance(86_400)
    await watched.look()
    assert await watched.month("cpu") == (750, 0, 0, 10)
    restarted = Watched(watched.context)
    restarted.guests = watched.guests
    await restarted.look()
    assert await watched.month("cpu") == (750, 0, 0, 10), "the first look of a run stands for none"


async def test_a_strain_outlives_a_restart_until_its_cluster_is_seen(watched: Watched) -> None:
    await watched.begin(busy())
    await watched.look(memory_percent=97)
    began = watched.clock.now()
    context = dataclasses.replace(watched.context, estate=SnapshotCache())
    await ResourceWatch(context).look()
    assert await watched.strains() == {(101, "memory"): (97, began)}
    context.estate.remember(snapshot(watched.clock.now(), {}))
    await ResourceWatch(context).look()
    assert await watched.strains() == {}, "the guest is gone"


async def test_a_guest_that_is_off_is_not_watched(watched: Watched) -> None:
    await watched.begin(busy())
    await watched.look(cpu_percent=99)
    await watched.look(status="stopped")
    assert await watched.strains() == {}
    assert await watched.month("cpu") == (300, 0, 300, 99)


async def test_a_disk_that_no_agent_tells_of_is_unknown_and_not_empty(watched: Watched) -> None:
    await watched.begin(busy(kind="qemu", disk_percent=0))
    await watched.look()
    assert await watched.month("disk") == (0, 300, 0, None)
    await say_inside(watched, 93)
    await watched.look()
    assert await watched.strains() == {(101, "disk"): (93, watched.clock.now())}
    assert await watched.month("disk") == (300, 300, 300, 93)
    await say_inside(watched, 93, hours_ago=25)
    await watched.look()
    assert await watched.month("disk") == (300, 600, 300, 93), "what is of yesterday is unknown"
    assert (101, "disk") in await watched.strains()


async def say_inside(watched: Watched, percent: int, hours_ago: float = 0) -> None:
    at = watched.clock.now() - timedelta(hours=hours_ago)
    row = GuestInside(
        cluster="rennes", vmid=101, asked_at=at, ostype="l26", agent="answers",
        disk_percent=percent, mount="/", used=percent, total=100, read_at=at,
    )  # fmt: skip
    async with watched.context.writer.change(itself()) as change:
        await change.put(GUEST_INSIDES, [row])


async def test_the_limit_of_a_guest_beats_its_tenants(watched: Watched, noc: Noc) -> None:
    _context, post = noc
    await watched.begin(busy(), busy(102))
    await watched.look()
    assert await watched.strains() == {}
    body = {"tenant": "acme", "memory": 40, "reason": "small guests"}
    assert (await post("omar", "/v1/promises/limits", **body))[0] == 200
    await watched.look()
    assert set(await watched.strains()) == {(101, "memory"), (102, "memory")}
    body |= {"guest": "rennes/101", "memory": 60}
    assert (await post("omar", "/v1/promises/limits", **body))[0] == 200
    await watched.look()
    assert set(await watched.strains()) == {(102, "memory")}
    rows = await RESOURCE_LIMITS.read(watched.context.writer)
    assert [(row.guest, row.memory, row.account) for row in rows] == [
        ("", 40, "omar"), ("rennes/101", 60, "omar"),
    ]  # fmt: skip


async def test_months_are_kept_for_five_years(watched: Watched) -> None:
    async with watched.context.writer.change(itself()) as change:
        await change.put(
            WATCH_MONTHS,
            [WatchMonth(month, "acme", "", LOOKED, 1) for month in ("2021-02", "2021-03")],
        )
    await watched.begin(busy())
    months = {row.month for row in await WATCH_MONTHS.read(watched.context.writer)}
    assert months == {"2021-03", "2026-03"}


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"memory": 0}, 400), ({"cpu": 101}, 400), ({"guest": "101"}, 400), ({"reason": " "}, 400),
     ({"tenant": "nobody"}, 404)],
)  # fmt: skip
async def test_limits_that_cannot_be_are_refused(
    noc: Noc, changes: dict[str, object], status: int
) -> None:
    context, post = noc
    body = {"tenant": "acme", "reason": "x", **changes}
    assert (await post("omar", "/v1/promises/limits", **body))[0] == status
    assert await RESOURCE_LIMITS.read(context.writer) == []


async def test_the_sheet_names_who_was_at_a_limit_and_what_is_unknown(watched: Watched) -> None:
    await watched.begin(busy(), busy(102, "qemu", disk_percent=0))
    for _ in range(3):
        await watched.look(memory_percent=98)
    async with watched.context.writer.snapshot() as db:
        (sheet,) = await read_promise_sheets(
            db, PromisesConfig(), Month(2026, 3), watched.clock.now(), "acme"
        )
    (one,) = sheet.resources.strained
    assert (one.guest, one.measure, one.bad, one.known, one.peak) == (
        "rennes/101", "memory", 900, 900, 98,
    )  # fmt: skip
    assert sheet.resources.unknown == {"cpu": 0, "memory": 0, "disk": 50}
    assert sheet.resources.looked == 900


def test_guests_are_asked_in_turn() -> None:
    guests = [guest(vmid, "acme") for vmid in (104, 103, 102, 101)]
    asked = {
        vmid: GuestInside(
            cluster="rennes", vmid=vmid, asked_at=START + timedelta(minutes=minute), ostype="",
            agent="off",
        )
        for vmid, minute in ((101, 2), (102, 1))
    }  # fmt: skip
    assert [one.vmid for one in next_guests(guests, asked, 3)] == [103, 104, 102]
    assert RESOURCE_LIMITS.key_of(
        ResourceLimit("acme", "", None, None, None, "", "omar", START)
    ) == ("acme", "")
