"""`nocd` over a real database against a plain reading of the rules: random estates, mishaps."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from noc_tui.contract.calendar import SECOND
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.core.observations import Observation, Round
from noc_tui.queries.month_facts import read_month_facts
from storage.database import Writer
from storage.months import figures
from storage.outages import OUTAGES, UNMEASURED, Outage, Unmeasured
from tests.daemon.availability.reading import CLUSTER, Look, Reading
from tests.statement.test_statement import MARCH
from tests.support.played_estate import STEP, Estate, guest, node

pytestmark = pytest.mark.anyio

TENANTS = ("acme", "zeta")
PROBES = {"probe:zeta/www": "zeta", "probe:acme/a": "acme", "probe:acme/b": "acme"}
TOLERATED = 2
POLL = int(STEP * SECOND)


@dataclass
class Play:
    """An estate to which anything may happen, and the reading that is kept beside it."""

    estate: Estate
    chance: random.Random
    probes: list[str]
    trouble: float
    now: int = 0
    life: int = 0
    reading: Reading = field(default_factory=lambda: Reading(TOLERATED))
    answers: dict[str, bool | None] = field(default_factory=dict)

    async def step(self) -> None:
        self._happen()
        if self.chance.random() < 0.06:
            await self.estate.watch.flush()
            self.estate.restart()
            self.life += 1
        fate = self.chance.random()
        if fate < 0.12:
            silence = self.chance.randint(1, 5)
            await self.estate.sleep(silence)
            self.now += silence
            return
        await self.poll(works=fate > 0.3)
        for probe in self.probes:
            await self._probe(probe)

    def _happen(self) -> None:
        for one in list(self.estate.guests.values()):
            fate, pool, status = self.chance.random() / self.trouble, one.pool or "", one.status
            if fate < 0.5:
                status = self.chance.choice(["stopped", "running", "stopped", "unknown"])
            elif fate < 0.6:
                pool = self.chance.choice([*TENANTS, "nobody"])
            self.estate.put(guest(one.vmid, pool, one.node, status))
            if 0.6 <= fate < 0.65:
                del self.estate.guests[one.vmid]
        if self.chance.random() < 0.08:
            vmid, pool = self.chance.choice([101, 102, 201, 300]), self.chance.choice(TENANTS)
            self.estate.put(guest(vmid, pool, self.chance.choice(["pve1", "pve2"])))
        if self.chance.random() < 0.08:
            self.estate.nodes["pve1"] = node("pve1", self.chance.choice(["online", "offline"]))
        if self.chance.random() < 0.05:
            self.estate.quorate = not self.estate.quorate

    async def poll(self, *, works: bool) -> None:
        self.now += 1
        if not works:
            await self.estate.fail()
            return
        await self.estate.poll()
        self.reading.seen[CLUSTER].append(self.now)
        there = {f"guest:rennes/{vmid}": one for vmid, one in self.estate.guests.items()}
        known = {source for source in self.reading.looks if source.startswith("guest:")}
        for source in known | there.keys():
            one = there.get(source)
            if one is None or one.pool not in TENANTS:
                self.reading.gone(source, self.now)
                continue
            good: bool | None = one.status == "running"
            if one.status == "unknown":
                lost = self.estate.nodes[one.node].status == "offline" and self.estate.quorate
                good = False if lost else None
            look = Look(self.now, good, self.life)
            self.reading.look(source, CLUSTER, one.pool, look)

    async def _probe(self, probe: str) -> None:
        if self.chance.random() < 0.25:
            self.answers[probe] = self.chance.choice([True, False, False, None])
        seen, good = self.reading.seen[probe], self.answers.get(probe, True)
        if self.chance.random() < 0.1:
            return
        if good is None:
            at = self.estate.at(self.now)
            await self.estate.watch.silent(probe, at, TOLERATED * POLL)
            return
        at = self.now
        if seen and seen[-1] < self.now - 1 and self.chance.random() < 0.3:
            at = self.chance.randint(seen[-1] + 1, self.now)  # told late
        observed = [Observation(probe, good, "")]
        placed = {probe: (PROBES[probe], "")}
        told = Round(probe, self.estate.at(at), observed, placed)
        await self.estate.watch.probed(told, TOLERATED * POLL)
        seen.append(at)
        self.reading.look(probe, probe, PROBES[probe], Look(at, good, self.life))

    def slots(self, rows: Iterable[Outage | Unmeasured]) -> set[int]:
        """The polls that rows cover; each begins and ends with one."""
        found: set[int] = set()
        for row in rows:
            ends = [row.start, self.estate.at(self.now) if row.end is None else row.end]
            first, last = (divmod(end - self.estate.at(0), POLL) for end in ends)
            assert (first[1], last[1]) == (0, 0)
            found |= set(range(first[0], last[0]))
        return found


@pytest.mark.parametrize("seed", range(24))
async def test_it_agrees_with_a_plain_reading_of_the_rules(
    estate: Estate, writer: Writer, seed: int
) -> None:
    chance = random.Random(seed)
    probes = [probe for probe in PROBES if chance.random() < 0.5]
    play = Play(estate, chance, probes, trouble=chance.choice([0.1, 0.3, 0.6]))
    for _ in range(chance.randint(20, 50)):
        await play.step()
    await play.poll(works=True)
    for probe in probes:  # what is still silent now has been said to be
        await estate.watch.silent(probe, estate.at(play.now), TOLERATED * POLL)
        seen = play.reading.seen[probe]
        if seen and play.now - seen[-1] > TOLERATED:
            seen.append(play.now)
    for tenant in TENANTS:
        letters = play.reading.verdicts(tenant, play.now)
        down = play.slots(row for row in await OUTAGES.read(writer) if row.tenant == tenant)
        blind = play.slots(row for row in await UNMEASURED.read(writer) if row.tenant == tenant)
        assert down == {slot for slot, letter in enumerate(letters) if letter == "d"}
        assert blind - down == {slot for slot, letter in enumerate(letters) if letter == "?"}


@pytest.mark.parametrize("seed", range(100, 106))
async def test_the_figures_that_are_kept_are_those_that_are_worked_out(
    estate: Estate, writer: Writer, seed: int
) -> None:
    chance = random.Random(seed)
    play = Play(estate, chance, list(PROBES), trouble=0.3)
    for _ in range(40):
        await play.step()
    await play.poll(works=True)
    kept = {row.tenant: row for row in await figures(writer, str(MARCH))}
    for one in await read_month_facts(writer, MARCH, estate.at(play.now), load_shipped_book()):
        fresh, known = one.figure(), kept[one.tenant.id]
        assert (known.outages, known.open) == (fresh.outages, fresh.open)
        if not fresh.open and all(row.end is not None for row in one.unmeasured):
            assert (known.down, known.counted) == (fresh.down, fresh.counted)
            assert (known.unmeasured, known.worst) == (fresh.unmeasured, fresh.worst)
