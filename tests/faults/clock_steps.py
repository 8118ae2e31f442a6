"""The machine's clock is set wrong and right again, and the machine sleeps.

Half of the steps are those of the clock that the kernel tells `nocd` and all that it runs on
(`clock.c`), half those of the clock that is given to it, which needs no compiler.
"""

import asyncio
import random
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from noc_tui.api.clock import CONFIRM_CLOCK
from noc_tui.console.nocd.client import NocdError
from storage.evidence import Query, search
from storage.ledger import GAPS
from storage.outages import OUTAGES, UNMEASURED
from tests.faults.estate import Ground, ground
from tests.faults.figures import Family, Lost
from tests.faults.lives import OFFSETS
from tests.faults.shims import compiled

DAY = 86_400.0
SIZES = (1.0, 60.0, 590.0, 700.0, 3600.0, DAY, 30 * DAY)
STEPS = (*SIZES, *(-size for size in SIZES), 400 * DAY)
ENDINGS = ("undone", "confirmed", "restarted", "killed")


async def run(directory: Path, seed: int, count: int) -> Family:
    """So many steps; each is undone, confirmed by a lead, or met by a restart."""
    family, library = Family("clock"), directory / "clock.so"
    offsets = directory / "offsets"
    offsets.write_bytes(OFFSETS.pack(0, 0))
    half = count - count // 2
    if compiled("clock", library):
        told = {"LD_PRELOAD": str(library), "NOC_CLOCK_PAGE": str(offsets)}
        async with ground(directory / "machine", seed, clock=offsets, environment=told) as there:
            await _steps(family, there, random.Random(seed), half, "the machine's clock ")
        family.notes.append(f"{half} of them of the clock that the kernel tells")
    else:
        family.notes.append("no C compiler: none of the clock that the kernel tells")
    offsets.write_bytes(OFFSETS.pack(0, 0))
    async with ground(directory / "given", seed, clock=offsets) as there:
        rest = count - family.tried
        await _steps(family, there, random.Random(seed + 1), rest, "")
    return family


async def _steps(
    family: Family, there: Ground, chance: random.Random, count: int, whose: str
) -> None:
    await there.start()
    await there.healthy()
    machine = Machine(there)
    for number in range(count):
        sleeps = chance.random() < 0.2
        step = chance.choice([abs(one) for one in STEPS] if sleeps else STEPS)
        ending = ENDINGS[number % len(ENDINGS)]
        name = f"{whose}{'asleep for' if sleeps else 'set by'} {step:.0f} s, {ending}"
        cause = ""
        try:
            await _one(machine, step, sleeps, ending, chance)
        except Lost as lost:
            cause = str(lost)
            await there.revive()
        family.count(name, cause)


@dataclass(slots=True)
class Machine:
    """A machine whose clock is `wrong` by so many seconds, and that `slept` so many."""

    there: Ground
    wrong: float = 0.0
    slept: float = 0.0
    checked: int = 0
    """The last entry that was looked at: what is wrong with one is told once."""

    def move(self, wrong: float = 0.0, slept: float = 0.0) -> None:
        """Set the clock on or back, or let the machine sleep; `nocd` reads it at once."""
        assert self.there.clock is not None
        self.wrong, self.slept = self.wrong + wrong, self.slept + slept
        with self.there.clock.open("r+b", buffering=0) as file:
            file.write(OFFSETS.pack(self.wrong, self.slept))


async def _one(
    machine: Machine, step: float, sleeps: bool, ending: str, chance: random.Random
) -> None:
    there, pid = machine.there, machine.there.pid
    async with there.load(chance):
        if sleeps:
            machine.move(slept=step)
        else:
            machine.move(wrong=step)
        await asyncio.sleep(1.2)
        if not there.alive or there.pid != pid:
            raise Lost(f"nocd ended; {there.last_words()}")
        if ending == "confirmed":
            try:
                await there.nocd().ask(CONFIRM_CLOCK())
            except NocdError as error:
                if error.code not in (1, 4):  # nothing was in doubt
                    raise Lost(f"confirm: {error}") from error
        elif ending == "restarted":
            await there.stop()
            await there.start()
        elif ending == "killed":
            await there.kill()
            await there.start()
        await asyncio.sleep(0.5)
        if not sleeps:
            machine.move(wrong=-step)
        await asyncio.sleep(0.8)
        await there.healthy()
    await there.check()
    await _spans(machine)


async def _spans(machine: Machine) -> None:
    """No span is negative, and entries go back only where a step was taken over."""
    async with machine.there.reading() as db:
        spans: list[tuple[int, int | None]]
        spans = [(row.start, row.end) for row in await GAPS.read(db)]
        spans += [(row.start, row.end) for row in await UNMEASURED.read(db)]
        spans += [(row.start, row.end) for row in await OUTAGES.read(db)]
        entries = list(reversed(await search(db, Query(limit=1_000_000))))
    if bad := [span for span in spans if span[1] is not None and span[1] < span[0]]:
        raise Lost(f"negative spans: {bad[:3]}")
    seen, machine.checked = machine.checked, entries[-1].seq
    for before, after in pairwise(entries):
        if after.seq <= seen:
            continue
        stepped = "clock." in before.kind or "clock." in after.kind
        if after.at < before.at and not stepped:
            raise Lost(
                f"entry {after.seq} ({after.kind}) is {before.at - after.at} before the last one"
            )
