"""A node of a simulated estate is emptied: planned, carried out in waves, its clients told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from msgspec.structs import replace

from noc_tui.api import evacuation as api
from noc_tui.cluster.difference import difference
from noc_tui.cluster.ha_rules import HaRule
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.config import Smtp
from noc_tui.daemon.availability import maintenance
from noc_tui.daemon.availability.ingest import AvailabilityIngest
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.daemon.core.server import Call
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.evacuation.orders import EvacuationOutcome
from noc_tui.daemon.evacuation.service import EvacuationService
from noc_tui.kept_words import read_words
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.model.node import Node
from storage import evidence
from storage.intents import INTENTS, Intent
from storage.outages import EXCLUSIONS, MAINTENANCE, OUTAGES
from storage.outbox import MESSAGES
from storage.verdict import Verdict
from storage.verify import verify
from tests.daemon.guests.lab import OMAR, ROUND, Lab, made_lab
from tests.support.waiting import LONG_PATIENCE_SECONDS, until

pytestmark = pytest.mark.anyio
SMTP = Smtp(host="127.0.0.1", sender="noc@example.fr", security="none")
STATES = ("done", "failed", "unknown")


@dataclass
class Site:
    """The lab, the part that evacuates, and what measures availability meanwhile."""

    lab: Lab
    part: EvacuationService = field(init=False)
    ingest: AvailabilityIngest = field(init=False)
    last: ClusterSnapshot | None = None

    def __post_init__(self) -> None:
        self.part = EvacuationService(self.lab.context)
        self.ingest = AvailabilityIngest(self.lab.context)

    @property
    def node(self) -> Node:
        """The node that is emptied."""
        return list(self.lab.cluster.nodes.values())[-1]

    def guests(self, kind: str, *, ha: bool | None = None, running: bool = True) -> list[Guest]:
        """Clients' guests on it, of a sort, and not locked."""
        return [
            one
            for one in self.lab.cluster.guests_of(self.node.name)
            if one.kind == kind
            and one.running is running
            and not one.lock
            and one.pool != "infra"
            and (ha is None or (one.sid in self.lab.cluster.ha) is ha)
        ]

    def bind(self, *rules: HaRule) -> None:
        """Let HA have these rules, as the slow tier reads them."""
        seen = self.lab.context.estate.slow["rennes"]
        self.lab.context.estate.remember_slow(replace(seen, ha_rules=rules))

    async def poll(self) -> None:
        """Let time pass, look, and measure."""
        await self.lab.pass_time()
        snapshot = await self.lab.gateway.fast_poll()
        self.lab.context.estate.remember(snapshot)
        changed = difference(self.last, snapshot)
        self.last = snapshot
        await self.ingest.polled(
            PollResult("rennes", self.lab.clock.now(), snapshot, changed, None, 0)
        )

    async def plan(self, asked: api.Evacuation) -> api.EvacuationPlan:
        return await self.part.plan(self._call(asked))

    async def evacuate(self, asked: api.Evacuation) -> int:
        return (await self.part.evacuate(self._call(asked))).intent

    async def ended(self, number: int) -> tuple[Intent, EvacuationOutcome]:
        async def read() -> Intent | None:
            return await INTENTS.get(self.lab.context.writer, number)

        row = await until(
            read,
            lambda row: row and row.state in STATES,
            meanwhile=self.poll,
            seconds=LONG_PATIENCE_SECONDS,
        )
        assert row is not None
        return row, msgspec.json.decode(row.result or "{}", type=EvacuationOutcome)

    def window(self, minutes: int = 1) -> api.WorkWindow:
        start = self.lab.clock.now() + timedelta(minutes=minutes)
        end = start + timedelta(hours=2)
        return api.WorkWindow("Disks", start.isoformat(), end.isoformat(), "new disks")

    def _call(self, asked: api.Evacuation) -> Call[api.Evacuation]:
        return Call(OMAR, asked, {"cluster": "rennes", "node": self.node.name}, {})


@asynccontextmanager
async def made_site(folder: Path, *, guests: int = 60, tenants: int = 6) -> AsyncIterator[Site]:
    async with made_lab(folder, guests=guests, tenants=tenants, smtp=SMTP) as lab:
        site = Site(lab)
        working = asyncio.create_task(site.part.run())
        try:
            yield site
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


@pytest.mark.parametrize(
    ("guests", "tenants"), [(150, 12), pytest.param(1000, 40, marks=pytest.mark.long)]
)
async def test_a_node_is_emptied_past_a_rule_a_full_node_and_a_failure(
    tmp_path: Path, guests: int, tenants: int
) -> None:
    async with made_site(tmp_path, guests=guests, tenants=tenants) as site:
        lab, node = site.lab, site.node
        machines, containers = site.guests("qemu", ha=False), site.guests("lxc")
        bound = site.guests("qemu", ha=True)[0]
        site.bind(HaRule("licence", "node-affinity", (bound.sid,), {node.name: 0}, strict=True))
        full = next(iter(lab.cluster.nodes.values()))
        full.memory = 8 << 30
        failing = machines[len(machines) // 2]
        lab.cluster.failing_migrations[failing.vmid] = "storage migration failed: broken pipe"
        lab.cluster.touch()
        for _ in range(3):
            await site.poll()
        here = {one.vmid for one in lab.cluster.guests_of(node.name) if not one.template}
        started = {one.vmid: one.started for one in machines}

        asked = api.Evacuation(at_once=8, wave_size=10, window=site.window())
        plan = await site.plan(asked)
        assert {one.guest for one in plan.left} == {f"rennes/{bound.vmid}"}
        assert "licence" in plan.left[0].reason
        assert len(plan.moves) == len(here) - 1 >= 25
        assert full.name not in {move.target for move in plan.moves}
        others = set(lab.cluster.nodes) - {full.name, node.name}
        assert {move.target for move in plan.moves} <= others
        assert len({move.target for move in plan.moves}) > len(others) // 2
        waves = [move.wave for move in plan.moves]
        assert max(waves.count(wave) for wave in waves) <= 10
        stopping = {move.guest for move in plan.moves if move.how == "restart"}
        assert stopping == {f"rennes/{one.vmid}" for one in containers}
        owners = {one.pool: one.slug for one in lab.simulator.tenants}
        touched = {owners[one.pool] for one in containers}
        assert 0 < len(touched) < len(plan.tenants)
        assert set(plan.interrupted) == touched

        number = await site.evacuate(replace(asked, plan=plan.digest))
        row, outcome = await site.ended(number)
        assert row.state == "failed"  # one guest failed, and one stays
        assert set(outcome.failed) == {str(failing.vmid)}
        assert "aborted" in outcome.failed[str(failing.vmid)]
        assert set(outcome.left) == {str(bound.vmid)}
        assert "licence" in read_words(outcome.left[str(bound.vmid)], "fr")
        assert set(outcome.moved) == here - {bound.vmid, failing.vmid}
        stays = {one.vmid for one in lab.cluster.guests_of(node.name) if not one.template}
        assert stays == {bound.vmid, failing.vmid}
        moved = [one for one in machines if one.vmid != failing.vmid]
        assert all(one.started == started[one.vmid] for one in moved)

        mails = await MESSAGES.read(lab.context.writer)
        emails = {one.slug: one.email for one in lab.simulator.tenants}
        assert sorted(mail.recipient for mail in mails) == sorted(emails[one] for one in touched)
        for _ in range(6):
            await site.poll()
        assert await OUTAGES.read(lab.context.writer) == []
        excluded = {row.tenant for row in await EXCLUSIONS.read(lab.context.writer)}
        assert excluded == touched
        entries = await evidence.search(
            lab.context.writer, evidence.Query(subject=f"node:rennes/{node.name}", limit=500)
        )
        kinds = [one.kind for one in entries]
        assert kinds.count("node.evacuation.ordered") == kinds.count("node.evacuation.failed") == 1
        assert kinds.count("guest.evacuation.ordered") == len(plan.moves)
        report = verify(lab.context.writer.path)
        assert report.verdict is Verdict.INTACT, report.reason


async def test_without_a_window_nobody_is_stopped_or_mailed(tmp_path: Path) -> None:
    async with made_site(tmp_path) as site:
        containers = {one.vmid for one in site.guests("lxc")}
        assert containers
        number = await site.evacuate(api.Evacuation(at_once=8))
        _row, outcome = await site.ended(number)
        assert {int(vmid) for vmid in outcome.left} >= containers
        assert not outcome.failed
        assert {one.vmid for one in site.guests("lxc")} == containers
        assert await MESSAGES.read(site.lab.context.writer) == []


async def test_another_plan_than_the_one_that_was_looked_at_is_refused(tmp_path: Path) -> None:
    async with made_site(tmp_path) as site:
        plan = await site.plan(api.Evacuation())
        site.guests("qemu")[0].config["lock"] = "backup"
        site.lab.cluster.touch()
        await site.lab.pass_time()
        await site.lab.look()
        with pytest.raises(Conflict, match="another one by now"):
            await site.evacuate(api.Evacuation(plan=plan.digest))


async def test_one_that_is_asked_to_stop_begins_nothing_more(tmp_path: Path) -> None:
    async with made_site(tmp_path) as site:
        number = await site.evacuate(api.Evacuation(at_once=1, wave_size=2))
        stop = Call(OMAR, api.StopEvacuation("wrong node"), {"number": str(number)}, {})
        await site.part.stop(stop)
        row, outcome = await site.ended(number)
        assert row.state == "failed"
        assert outcome.stopped_by == "omar"
        assert not outcome.failed
        assert len(outcome.moved) <= 2
        assert "omar" in next(iter(outcome.left.values()))


def stop(
    number: int, window: Literal["keep", "call-off"] | None = None
) -> Call[api.StopEvacuation]:
    return Call(OMAR, api.StopEvacuation("not tonight", window), {"number": str(number)}, {})


@pytest.mark.parametrize("answer", ["keep", "call-off"])
async def test_stopping_asks_what_becomes_of_the_window_that_was_announced(
    tmp_path: Path, answer: Literal["keep", "call-off"]
) -> None:
    async with made_site(tmp_path) as site:
        db = site.lab.context.writer
        number = await site.evacuate(api.Evacuation(window=site.window(minutes=600)))
        with pytest.raises(Conflict, match=r"window 1 \(Disks\) is announced"):
            await site.part.stop(stop(number))
        await site.part.stop(stop(number, answer))
        row, _outcome = await site.ended(number)
        assert row.state == "failed"
        (window,) = await MAINTENANCE.read(db)
        assert (window.cancelled_at is not None) is (answer == "call-off")
        excluded = [one.withdrawn_at is None for one in await EXCLUSIONS.read(db)]
        assert excluded
        assert all(excluded) is (answer == "keep")
        subjects = [mail.subject for mail in await MESSAGES.read(db)]
        assert len(subjects) == len(set(window.tenants)) * (2 if answer == "call-off" else 1)


async def test_a_window_in_which_guests_were_stopped_is_not_called_off(tmp_path: Path) -> None:
    async with made_site(tmp_path) as site:
        db = site.lab.context.writer
        number = await site.evacuate(api.Evacuation(at_once=1, window=site.window()))
        containers = {f"guest:rennes/{one.vmid}" for one in site.guests("lxc")}

        async def begun() -> int:
            return sum(one.subject in containers for one in await INTENTS.read(db))

        await until(begun, lambda count: count >= 1, meanwhile=site.poll)
        row = await INTENTS.get(db, number)
        assert row is not None
        assert row.state == "doing"
        with pytest.raises(Conflict, match="already stopped"):
            await site.part.stop(stop(number, "call-off"))
        await site.part.stop(stop(number))
        (window,) = await MAINTENANCE.read(db)
        assert window.cancelled_at is None


async def test_a_plan_that_lay_for_hours_does_not_go_on_by_itself(tmp_path: Path) -> None:
    async with made_site(tmp_path) as site:
        idle = EvacuationService(site.lab.context)
        running, site.part = site.part, idle
        number = await site.evacuate(api.Evacuation())
        await site.lab.clock.advance(2 * 3600)
        await site.lab.simulator.sync()
        running.orders.put(number)
        _row, outcome = await site.ended(number)
        assert not outcome.moved
        assert "more than an hour" in read_words(next(iter(outcome.left.values())), "en")


async def test_a_node_is_followed_into_maintenance_and_out(tmp_path: Path) -> None:
    async with made_site(tmp_path) as site:

        def call(action: Literal["enter", "leave"]) -> Call[api.NodeMaintenance]:
            where = {"cluster": "rennes", "node": site.node.name}
            return Call(OMAR, api.NodeMaintenance(action), where, {})

        await site.poll()
        effect = await site.part.preview_maintenance(call("enter"))
        command = f"ha-manager crm-command node-maintenance enable {site.node.name}"
        assert effect.command == command
        assert len(effect.moved) == len(site.guests("qemu", ha=True))
        assert effect.staying
        with pytest.raises(Conflict, match="is out of maintenance"):
            await site.part.preview_maintenance(call("leave"))
        number = (await site.part.order_maintenance(call("enter"))).intent
        for _ in range(3):
            await site.poll()
        site.node.maintenance = True
        site.lab.cluster.touch()
        row, _outcome = await site.ended(number)
        assert row.state == "done"
        assert "is in maintenance" in read_words(row.result or "", "en")
        plan = await site.plan(api.Evacuation())
        assert plan.node == site.node.name


async def test_a_node_that_does_not_follow_is_given_up_on(tmp_path: Path) -> None:
    async with made_site(tmp_path) as site:
        await site.poll()
        where = {"cluster": "rennes", "node": site.node.name}
        order = Call(OMAR, api.NodeMaintenance("enter"), where, {})
        number = (await site.part.order_maintenance(order)).intent
        await site.poll()
        await site.lab.clock.advance(3700)
        row, _outcome = await site.ended(number)
        assert row.state == "failed"
        assert "was the command typed" in read_words(row.result or "", "en")


async def test_a_daemon_that_has_seen_nothing_yet_says_of_no_guest_that_it_is_gone(
    tmp_path: Path,
) -> None:
    async with made_site(tmp_path) as site:
        lab = site.lab
        running, site.part = site.part, EvacuationService(lab.context)
        number = await site.evacuate(api.Evacuation(at_once=8))
        lab.context.estate._seen.pop("rennes")  # as after kill -9 and a new start
        running.orders.put(number)

        async def state() -> str:
            row = await INTENTS.get(lab.context.writer, number)
            return row.state if row else ""

        await until(state, lambda found: found == "doing", meanwhile=lab.pass_time)
        for _ in range(4):
            await lab.pass_time()
        assert await state() == "doing"
        _row, outcome = await site.ended(number)
        assert outcome.moved
        assert not any("any more" in why for why in outcome.left.values())


async def test_a_container_that_was_started_since_is_not_stopped_without_a_window(
    tmp_path: Path,
) -> None:
    async with made_site(tmp_path) as site:
        lab = site.lab
        container = site.guests("lxc", ha=False)[0]
        container.end(lab.cluster.now)
        lab.cluster.touch()
        for _ in range(3):
            await site.poll()
        idle = EvacuationService(lab.context)
        running, site.part = site.part, idle
        plan = await site.plan(api.Evacuation())
        planned = {move.guest: move.how for move in plan.moves}
        assert planned[f"rennes/{container.vmid}"] == "offline"
        number = await site.evacuate(api.Evacuation(at_once=8, plan=plan.digest))
        container.begin(lab.cluster.now, 4242)
        lab.cluster.touch()
        await site.poll()
        running.orders.put(number)
        _row, outcome = await site.ended(number)
        assert "started meanwhile" in read_words(outcome.left[str(container.vmid)], "en")
        assert container.node == site.node.name
        assert container.running


async def test_a_window_that_is_called_off_stops_no_guest_of_its_wave_any_more(
    tmp_path: Path,
) -> None:
    async with made_site(tmp_path) as site:
        lab = site.lab
        for machine in site.guests("qemu", ha=False)[:2]:
            machine.kind = "lxc"
            machine.config["rootfs"] = machine.config.pop("scsi0")
        lab.cluster.touch()
        for _ in range(3):
            await site.poll()
        before = {one.vmid for one in site.guests("lxc")}
        assert len(before) > 1
        number = await site.evacuate(api.Evacuation(at_once=1, window=site.window()))

        async def begun() -> int:
            rows = await INTENTS.read(lab.context.writer)
            named = {f"guest:rennes/{vmid}" for vmid in before}
            return sum(row.kind == "guest.evacuation" and row.subject in named for row in rows)

        await until(begun, lambda count: count >= 1, meanwhile=site.poll)
        async with lab.context.writer.change(evidence.Actor(1, "omar")) as change:
            await maintenance.cancel(change, OMAR, 1, "not tonight", config=lab.context.config)
        _row, outcome = await site.ended(number)
        stayed = before & {int(vmid) for vmid in outcome.left}
        assert len(stayed) == len(before) - 1
        said = read_words(outcome.left[str(min(stayed))], "en")
        assert "over, or called off" in said


async def test_a_cluster_that_nobody_has_is_not_one_that_was_not_seen_yet(tmp_path: Path) -> None:
    async with made_site(tmp_path) as site:
        where = {"cluster": "nowhere", "node": "pve1"}
        with pytest.raises(NotFound, match="no cluster is called nowhere"):
            await site.part.plan(Call(OMAR, api.Evacuation(), where, {}))
        with pytest.raises(NotFound, match="no cluster is called nowhere"):
            await site.part.preview_maintenance(Call(OMAR, api.NodeMaintenance("enter"), where, {}))


async def test_a_guest_that_ha_ignores_is_not_said_to_be_moved_by_it(tmp_path: Path) -> None:
    async with made_site(tmp_path) as site:
        ignored = site.guests("qemu", ha=True)[0]
        site.lab.cluster.ha[ignored.sid].state = "ignored"
        site.lab.cluster.ha[ignored.sid].service = "ignored"
        site.lab.cluster.touch()
        await site.poll()
        where = {"cluster": "rennes", "node": site.node.name}
        call = Call(OMAR, api.NodeMaintenance("enter"), where, {})
        effect = await site.part.preview_maintenance(call)
        assert not any(f"rennes/{ignored.vmid} " in one for one in effect.moved)
        assert any(f"rennes/{ignored.vmid} " in one for one in effect.staying)


async def test_a_daemon_that_comes_back_moves_nothing_twice(tmp_path: Path) -> None:
    async with made_site(tmp_path) as site:
        lab = site.lab
        second = EvacuationService(lab.context)
        first = asyncio.create_task(second.run())
        site.part = second
        number = await site.evacuate(api.Evacuation(at_once=2))

        async def begun() -> int:
            rows = await INTENTS.read(lab.context.writer)
            return sum(row.kind == "guest.evacuation" for row in rows)

        await until(begun, lambda count: count >= 3, meanwhile=site.poll)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        for _ in range(3):  # what the first was just writing is written: a kill leaves no such end
            await site.poll()
        third = asyncio.create_task(EvacuationService(lab.context).run())
        try:
            _row, outcome = await site.ended(number)
        finally:
            third.cancel()
            await asyncio.gather(third, return_exceptions=True)
        assert not outcome.failed
        tasks = [
            task.subject
            for one in lab.cluster.nodes
            for task in lab.cluster.tasks.of_node(one)
            if task.kind in ("qmigrate", "vzmigrate") and task.node == site.node.name
        ]
        assert len(tasks) == len(set(tasks))
        assert ROUND > 0
