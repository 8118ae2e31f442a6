"""A clock that ran ahead and was put right: outages are seen, and no time is invented."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest

from noc_tui.contract.clock_steps import ClockStep, cut_instant
from storage.database import Writer
from storage.ledger import CLOCK_STEPS, GAPS, PLACEMENTS, placements, placements_on
from storage.outages import OUTAGES, UNMEASURED
from storage.times import micros
from storage.verdict import Verdict
from storage.verify import verify
from tests.support.played_estate import STEP, Estate, guest

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)
SECOND = 1_000_000


async def ahead_and_back(estate: Estate, by: timedelta = DAY, polls: int = 2) -> None:
    """The clock is taken over a day ahead, and after some polls it is put right."""
    estate.clock.at += by
    await estate.poll(polls)
    was = estate.clock.now()
    estate.clock.at -= by
    await estate.watch.set_back(was, estate.clock.now())


@pytest.mark.parametrize("restarted", [False, True])
async def test_an_outage_after_the_clock_was_put_right_is_seen(
    estate: Estate, writer: Writer, restarted: bool
) -> None:
    await estate.poll(2)
    await ahead_and_back(estate)
    assert len(await GAPS.read(writer)) == 1, "a gap into the future is on record"
    if restarted:
        estate.restart()
    estate.put(guest(201, "zeta", status="stopped"))
    fell = estate.clock.now()
    await estate.poll(3)
    (row,) = await OUTAGES.read(writer)
    assert (row.tenant, row.end) == ("zeta", None)
    assert row.start == micros(fell) + int(STEP) * SECOND
    estate.put(guest(201, "zeta"))
    await estate.poll(2)
    (row,) = await OUTAGES.read(writer)
    assert row.end is not None
    assert row.start < row.end <= micros(estate.clock.now())


@pytest.mark.parametrize("restarted", [False, True])
async def test_an_outage_that_began_in_the_wrong_time_goes_on_in_the_right_one(
    estate: Estate, writer: Writer, restarted: bool
) -> None:
    await estate.poll(2)
    estate.clock.at += DAY
    await estate.poll(1)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(3)
    was = estate.clock.now()
    estate.clock.at -= DAY
    step = estate.clock.now()
    await estate.watch.set_back(was, step)
    if restarted:
        estate.restart()
    await estate.poll(2)
    lasting = [row for row in await OUTAGES.read(writer) if row.end is None]
    assert [(row.tenant, row.start) for row in lasting] == [("zeta", micros(step))]
    estate.put(guest(201, "zeta"))
    await estate.poll(1)
    back = micros(estate.clock.now())
    ended = [row for row in await OUTAGES.read(writer) if row.end != row.start]
    assert [(row.start, row.end) for row in ended] == [(micros(step), back)]
    # A day later, when the true clock has reached what the wrong one showed, nothing comes back.
    for _ in range(30):
        await estate.poll(1)
        estate.clock.at += timedelta(hours=1)
    rows = [row for row in await OUTAGES.read(writer) if row.end is None]
    assert rows == []


async def test_nothing_observed_lasts_beyond_the_present(estate: Estate, writer: Writer) -> None:
    """Random histories: steps forward that are taken over, steps back that are put on record."""
    for seed in range(6):
        chance = random.Random(seed)
        for _ in range(8):
            status = chance.choice(["running", "stopped"])
            estate.put(guest(201, "zeta", status=status))
            await estate.poll(chance.randint(1, 3))
            if chance.random() < 0.5:
                by = timedelta(seconds=chance.choice([900, 7200, 86_400]))
                await ahead_and_back(estate, by, chance.randint(1, 3))
            if chance.random() < 0.3:
                estate.restart()
            now = micros(estate.clock.now())
            outages, blind = await OUTAGES.read(writer), await UNMEASURED.read(writer)
            spans = [(row.start, row.end) for row in outages]
            spans += [(row.start, row.end) for row in blind]
            for start, end in spans:
                assert end is None or start <= end
                # What the wrong clock began is nothing: it has no length.
                assert start <= now or end == start
                assert end is None or end <= now or end == start
        estate.put(guest(201, "zeta", status="running"))
        await estate.poll(2)
        assert [row for row in await OUTAGES.read(writer) if row.end is None] == []
        estate.put(guest(201, "zeta", status="stopped"))
        await estate.poll(3)
        lasting = [row for row in await OUTAGES.read(writer) if row.end is None]
        assert [row.tenant for row in lasting] == ["zeta"], f"seed {seed}: an outage is seen"
        real = sorted(
            (row.start, row.end)
            for row in await OUTAGES.read(writer)
            if row.end is not None and row.end > row.start
        )
        assert all(one[1] <= other[0] for one, other in pairwise(real)), "no time counts twice"
    assert verify(writer.path).verdict is Verdict.INTACT


async def test_each_step_is_on_record(estate: Estate, writer: Writer) -> None:
    await estate.poll(1)
    await ahead_and_back(estate)
    (row,) = await CLOCK_STEPS.read(writer)
    assert row.was - row.at == 86_400 * SECOND


async def test_what_was_where_is_read_after_the_steps(estate: Estate, writer: Writer) -> None:
    """A guest that came to its node while the clock was a day ahead was there when it was right."""
    await estate.poll(1)
    estate.clock.at += DAY
    estate.put(guest(202, "zeta", status="running"))
    await estate.poll(1)
    was = estate.clock.now()
    estate.clock.at -= DAY
    await estate.watch.set_back(was, estate.clock.now())
    await estate.poll(1)
    now = micros(estate.clock.now())
    (raw,) = [row for row in await PLACEMENTS.read(writer) if row.source.endswith("/202")]
    assert raw.since > now, "what the wrong clock showed stays on record"
    for found in (
        await placements_on(writer, raw.node, now),
        await placements_on(writer, raw.node.partition("/")[0], now),
        await placements(writer, raw.tenant, now),
    ):
        (row,) = [row for row in found if row.source == raw.source]
        assert row.since <= now
    assert raw.source not in {row.source for row in await placements_on(writer, raw.node, 1)}


def test_what_was_recorded_before_a_step_is_from_before_it() -> None:
    steps = [ClockStep(10, 1000, 5000), ClockStep(20, 2000, 9000)]
    assert cut_instant(4000, 5, steps) == 1000
    assert cut_instant(4000, 15, steps) == 2000
    assert cut_instant(4000, 25, steps) == 4000
    assert cut_instant(500, 5, steps) == 500
    assert cut_instant(4000, None, steps) == 1000
