"""Each promise of annexe 2 that is watched, broken on the simulator: noticed when, and as what.

The minutes are simulated ones, with slow rounds five minutes apart. docs/promises.md shows them.
"""

import socket
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from noc_tui.config.values import PromisesConfig
from noc_tui.simulator.backups import key_of
from noc_tui.simulator.model.guest import Guest
from noc_tui.views.promise_sheet import NightFinding
from storage.cloud_edges import CLOUD_EDGES, CloudEdge
from storage.oncall import Alert
from tests.daemon.promises.watched_estate import WatchedEstate, watched_estate
from tests.support.changes import recorded

pytestmark = pytest.mark.anyio
HOUR, DAY = 3600.0, timedelta(days=1)
CONFIG = PromisesConfig(verified_days=2, restore_test_days=3, guests_a_round=3)


@pytest.fixture
async def noc(tmp_path: Path) -> AsyncIterator[WatchedEstate]:
    (tmp_path / "estate").mkdir()
    async with watched_estate(tmp_path, CONFIG) as estate:
        yield estate


def client_guest(noc: WatchedEstate, kind: str = "qemu", ostype: str = "") -> Guest:
    """A client's guest of the first cluster that runs."""
    pools = {one.pool for one in noc.simulator.tenants}
    return next(
        one
        for one in noc.simulator.world.clusters["rennes"].guests.values()
        if one.running and one.kind == kind and one.pool in pools
        and (not ostype or one.config["ostype"] == ostype)
    )  # fmt: skip


def tenant_of(noc: WatchedEstate, guest: Guest) -> str:
    return next(one.slug for one in noc.simulator.tenants if one.pool == guest.pool)


async def noticed(
    noc: WatchedEstate, rule: str, subject: str, within: float, step: float = 300.0
) -> tuple[float, Alert]:
    minutes = await noc.minutes_until(rule, subject, within, step)
    alert = await noc.raised(rule, subject)
    assert alert is not None
    return minutes, alert


async def test_a_guests_memory_is_at_its_limit(noc: WatchedEstate) -> None:
    guest = client_guest(noc)
    subject = f"guest:rennes/{guest.vmid}"
    noc.obey("burden", guest.vmid, "memory=0.99")
    minutes, alert = await noticed(noc, "guest-resources", subject, within=60)
    assert minutes == 20  # five until the look, and fifteen that it must last
    assert "what=memory 99 % ≥ 95 %" in alert.words
    (strained,) = (await noc.sheet(tenant_of(noc, guest))).resources.strained
    assert (strained.guest, strained.measure, strained.bad) == (
        f"rennes/{guest.vmid}", "memory", 1200,
    )  # fmt: skip
    noc.obey("burden", guest.vmid, "memory")
    await noc.pass_time(600)
    assert await noc.raised("guest-resources", subject) is None


async def test_a_guests_cpu_is_at_its_limit(noc: WatchedEstate) -> None:
    guest = client_guest(noc)
    noc.obey("burden", guest.vmid, "cpu=1.0")
    subject = f"guest:rennes/{guest.vmid}"
    minutes, _alert = await noticed(noc, "guest-resources", subject, within=60)
    assert minutes == 20


async def test_a_disk_fills_and_its_agent_tells(noc: WatchedEstate) -> None:
    guest = client_guest(noc)
    noc.obey("burden", guest.vmid, "disk=0.96")
    subject = f"guest:rennes/{guest.vmid}"
    minutes, alert = await noticed(noc, "guest-resources", subject, within=60)
    assert minutes <= 5 * 4  # its turn: as many rounds as three guests at a time take
    assert "what=disk 96 % ≥ 90 %" in alert.words


async def test_an_agent_that_falls_silent_leaves_the_disk_unknown(noc: WatchedEstate) -> None:
    guest = client_guest(noc)
    noc.obey("silence-agent", guest.vmid)
    noc.obey("burden", guest.vmid, "disk=0.96")
    await noc.pass_time(HOUR)
    assert await noc.raised("guest-resources", f"guest:rennes/{guest.vmid}") is None
    unknown = (await noc.sheet(tenant_of(noc, guest))).resources.unknown["disk"]
    assert unknown is not None
    assert unknown > 0


async def test_a_round_asks_as_much_at_any_size(noc: WatchedEstate) -> None:
    """Three requests a guest at most, of three guests a round."""
    before = sum(noc.simulator.world.requests.values())
    asked = await noc.service.insides.ask_some("rennes")
    requests = sum(noc.simulator.world.requests.values()) - before
    assert len(asked) == 3
    assert 3 <= requests <= 9


async def test_a_night_without_a_backup_is_named_at_its_noon(noc: WatchedEstate) -> None:
    guest = client_guest(noc)
    tenant, place = tenant_of(noc, guest), f"rennes/{guest.vmid}"
    server = noc.simulator.world.backups_of("rennes")
    server.snapshots[key_of(guest)].pop()  # last night's, as a run that skipped it leaves things
    server.changes += 1
    minutes, alert = await noticed(noc, "backup-nights", f"tenant:{tenant}", 4 * 60, HOUR / 4)
    assert minutes == 3 * 60  # from 9:05 to the first look after noon, in Paris
    assert any(f"{guest.name} ({place}) 01/03" in word for word in alert.words)
    backups = (await noc.sheet(tenant)).backups
    assert backups.holes == (NightFinding(date(2026, 3, 1), (place,)),)
    assert backups.owed - backups.kept == 1


async def test_a_run_that_leaves_a_guest_out_is_noticed_the_day_after(noc: WatchedEstate) -> None:
    guest = client_guest(noc)
    tenant = tenant_of(noc, guest)
    await noc.pass_time(4 * HOUR, HOUR)  # 13:05 in Paris: the night of the 2nd has begun
    noc.obey("skip-backup", guest.vmid)
    minutes, alert = await noticed(noc, "backup-nights", f"tenant:{tenant}", 30 * 60, HOUR)
    assert minutes == 23 * 60
    assert any(f"{guest.name} (rennes/{guest.vmid}) 02/03" in word for word in alert.words)


async def test_copies_that_nobody_verifies_are_noticed(noc: WatchedEstate) -> None:
    guest = client_guest(noc)
    tenant = tenant_of(noc, guest)
    server = noc.simulator.world.backups_of("rennes")
    for kept in server.snapshots.values():
        for one in kept[-2:]:
            one.verified = one.verify_upid = ""  # the last that is good is two days old
    server.changes += 1
    minutes, _alert = await noticed(noc, "backup-unverified", f"tenant:{tenant}", 60)
    assert minutes == 5


async def test_a_restore_test_is_asked_for_by_calendar(noc: WatchedEstate) -> None:
    tenant = noc.simulator.tenants[0].slug
    due = (await noc.sheet(tenant)).backups.next_test
    assert due is not None
    assert due - noc.clock.now() <= 3 * DAY
    noc.move_clock((due - noc.clock.now()).total_seconds() - 1)
    await noc.alerts.look()
    assert await noc.raised("restore-test", f"tenant:{tenant}") is None
    noc.move_clock(61)
    await noc.alerts.look()
    assert await noc.raised("restore-test", f"tenant:{tenant}") is not None


async def test_a_windows_guest_without_a_licence_is_noticed(noc: WatchedEstate) -> None:
    guest = client_guest(noc)
    tenant, place = tenant_of(noc, guest), f"rennes/{guest.vmid}"
    noc.obey("set-option", guest.vmid, "ostype=win11")
    minutes, _alert = await noticed(noc, "licences", f"tenant:{tenant}", within=60)
    assert minutes <= 20
    await noc.pass_time(1200)  # every guest has had its turn
    assert place in (await noc.sheet(tenant)).licences.inventory.uncovered


async def test_a_vpn_that_falls_silent_is_noticed_with_the_second_probe(
    noc: WatchedEstate,
) -> None:
    tenant = noc.simulator.tenants[0].slug
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        target = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        async with recorded(noc.context.writer) as change:
            edge = CloudEdge(tenant, "vpn", target, "lea", noc.clock.now(), None)
            await change.put(CLOUD_EDGES, [edge])
        await noc.pass_time(600)
        assert await noc.raised("edge", f"vpn:{tenant}/{target}") is None
    minutes, alert = await noticed(noc, "edge", f"vpn:{tenant}/{target}", within=30)
    assert minutes == 10
    assert alert.severity == "critical"
    assert alert.since == noc.clock.now() - timedelta(minutes=5)
    (month,) = (await noc.sheet(tenant)).edges
    assert (month.kind, month.silent) == ("vpn", 300)
