"""SIGKILL at random moments: under load, while it starts, while it stops."""

import asyncio
import random
from pathlib import Path

from tests.faults.estate import Acknowledged, Ground, ground
from tests.faults.figures import Family, Lost

LANES = 2
"""Estates at the same time: a kill is mostly waiting."""
PER_ESTATE = 100
"""Kills of one estate: the chain is verified after each, and grows with them."""


async def run(directory: Path, seed: int, count: int) -> Family:
    """So many kills, from that seed."""
    family = Family("kills")
    lane = asyncio.Semaphore(LANES)
    told: list[Acknowledged] = []

    async def estate(first: int) -> None:
        async with lane, ground(directory / f"kills-{first}", seed + first) as there:
            chance = random.Random(f"{seed} {first}")
            for kill in range(first, min(first + PER_ESTATE, count)):
                await _one(family, there, chance, kill)
            await _ending(family, there, first)
            told.append(there.told)

    await asyncio.gather(*(estate(first) for first in range(0, count, PER_ESTATE)))
    acknowledged, asked = sum(one.number for one in told), sum(one.asked for one in told)
    family.notes.append(f"{acknowledged} of {asked} requests were acknowledged")
    return family


async def _one(family: Family, there: Ground, chance: random.Random, kill: int) -> None:
    how = chance.choices(("load", "starting", "stopping"), (8, 1, 1))[0]
    try:
        if how == "starting":
            await there.begin()
            await asyncio.sleep(chance.random() * 0.3)
            await _kill_while_starting(there)
        else:
            await there.start()
            async with there.load(chance):
                await asyncio.sleep(chance.random() * 0.5)
                if how == "stopping":
                    there.stop_asked()
                    await asyncio.sleep(chance.random() * 0.05)
                await there.kill()
        await there.check()
    except Lost as lost:
        family.count(f"kill {kill} ({how})", str(lost))
        return
    family.count(f"kill {kill} ({how})")


async def _kill_while_starting(there: Ground) -> None:
    for _look in range(1000):
        if pid := there.pid or there.child():
            there.pid = pid
            break
        await asyncio.sleep(0.01)
    await there.kill()


async def _ending(family: Family, there: Ground, number: int) -> None:
    """In the end everything that was ordered is over, and every mail was taken."""
    try:
        await there.start()
        await there.healthy()
        await there.settled()
        await there.check()
        await there.stop()
    except Lost as lost:
        family.lost.append(f"after the kills from {number}: {lost}")
