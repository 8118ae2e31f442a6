"""A jump of the machine's clock: on record, not acted on, confirmed by a lead or an hour."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from noc_tui.config import Secrets
from noc_tui.daemon.core.clock_trust import ClockTrust
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.server import Call
from noc_tui.daemon.evidence.service import EvidenceService
from noc_tui.daemon.program.bootstrap import open_context
from noc_tui.daemon.timekeeping.service import TimekeepingService
from noc_tui.roles import Caller, Role
from noc_tui.steady_clock import SteadyClock
from storage import evidence
from storage.evidence import Query
from storage.verdict import Verdict
from storage.verify import verify
from tests.support.context import made_context

pytestmark = pytest.mark.anyio
START = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
LEA = Caller(1003, "lea", Role.LEAD)


@dataclass
class Machine:
    """A machine whose clock may be set to anything: `off` seconds from the truth."""

    ran: float = 0.0
    off: float = 0.0

    def wall(self) -> datetime:
        return START + timedelta(seconds=self.ran + self.off)

    def boot(self) -> float:
        return self.ran

    @property
    def truth(self) -> datetime:
        return START + timedelta(seconds=self.ran)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
async def context(tmp_path: Path, machine: Machine) -> AsyncIterator[Context]:
    clock = SteadyClock(machine.wall, machine.boot)
    async with made_context(tmp_path, clock=clock) as made:
        yield replace(made, trust=ClockTrust(clock))


async def told(context: Context) -> list[str]:
    found = await evidence.search(context.writer, Query(kind="clock."))
    return [entry.kind for entry in reversed(found)]


async def test_a_jump_that_is_undone_leaves_nothing_but_two_entries(
    context: Context, machine: Machine
) -> None:
    part = TimekeepingService(context)
    machine.ran, machine.off = 60, 86_400
    await part.look()
    assert context.clock.now() == machine.truth
    assert context.trust.jump == timedelta(days=1)
    machine.ran, machine.off = 600, 0
    await part.look()
    await part.look()
    assert await told(context) == ["clock.doubted", "clock.agrees"]
    assert not context.trust.unsettled
    with pytest.raises(Conflict):
        await part.confirm(Call(LEA, None, {}, {}))


async def test_nothing_is_erased_by_a_clock_that_may_be_wrong(
    context: Context, machine: Machine
) -> None:
    async with context.writer.change(evidence.Actor(1, "x")) as change:
        await change.record("access.refused", [], {"text": "kept"})
    part, service = TimekeepingService(context), EvidenceService(context)
    machine.ran, machine.off = 60, 400 * 86_400
    await part.look()
    await service.retention.look()
    assert [
        one.payload for one in await evidence.search(context.writer, Query(kind="access."))
    ] == ['{"text":"kept"}']
    await part.confirm(Call(LEA, None, {}, {}))
    assert context.clock.now() == machine.wall()
    await service.retention.look()
    assert [
        one.payload for one in await evidence.search(context.writer, Query(kind="access."))
    ] == [None]
    assert await told(context) == ["clock.doubted", "clock.accepted"]


async def test_an_hour_takes_a_clock_over_that_went_back_and_the_parts_are_told(
    context: Context, machine: Machine
) -> None:
    part, steps = TimekeepingService(context), []

    async def set_back(was: datetime, at: datetime) -> None:
        steps.append((was, at))

    context.trust.set_back.append(set_back)
    machine.off = -86_400
    for minute in range(61):
        machine.ran = minute * 60.0
        await part.look()
        before = machine.truth if minute < 60 else machine.wall()
        assert context.clock.now() == before
    assert steps == [(machine.truth, machine.wall())]
    assert verify(context.writer.path).verdict is Verdict.INTACT


async def test_the_next_run_knows_what_the_clock_showed(context: Context, machine: Machine) -> None:
    """A run with the clock a day ahead, and the next one after it was put right."""
    part = TimekeepingService(context)
    machine.off = 86_400
    await part.look()
    await part.confirm(Call(LEA, None, {}, {}))
    machine.ran, machine.off = 30, 0
    again = SteadyClock(machine.wall, machine.boot)
    config = msgspec.structs.replace(context.config, clusters=())
    async with open_context(config, Secrets(), again) as next_run:
        assert next_run.clock.now() == machine.truth + timedelta(days=1)
        assert next_run.trust.jump == -timedelta(days=1)
        assert next_run.trust.unsettled


async def test_the_entry_of_a_step_stands_before_whatever_is_written_after_it(
    context: Context, machine: Machine
) -> None:
    """Changes that wait for their turn meanwhile are by the new time, and so stand after it."""
    part = TimekeepingService(context)
    machine.ran, machine.off = 60, -86_400
    await part.look()
    before = context.clock.now()

    async def write() -> None:
        async with context.writer.change(evidence.Actor(1, "x")) as change:
            await change.record("test.written", [], {})

    async def set_back(_was: datetime, _at: datetime) -> None:
        await write()

    context.trust.set_back.append(set_back)
    confirming = asyncio.create_task(part.confirm(Call(LEA, None, {}, {})))
    await asyncio.gather(confirming, *(write() for _ in range(5)))
    entries = list(reversed(await evidence.search(context.writer, Query())))
    step = next(entry.seq for entry in entries if entry.kind == "clock.accepted")
    assert all((entry.at >= before) == (entry.seq <= step) for entry in entries[1:])
