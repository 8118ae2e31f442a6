"""What is told late: answers that overtake each other, reports that were carried slowly."""

import pytest

from noc_tui.contract.calendar import SECOND
from noc_tui.daemon.core.observations import Observation, Round
from storage import incidents
from storage.database import Writer
from storage.months import figures
from storage.outages import OUTAGES
from tests.daemon.availability.test_ingest import blind, spans
from tests.statement.test_statement import MARCH
from tests.support.played_estate import STEP, Estate, guest

pytestmark = pytest.mark.anyio

TOLERANCE = int(3 * STEP * SECOND)


async def answer(estate: Estate, probe: str, *, good: bool, at: int) -> None:
    name = f"probe:zeta/{probe}"
    seen = Round(name, at, [Observation(name, good, "")], {name: ("zeta", "")})
    await estate.watch.probed(seen, TOLERANCE)


async def both_fail_from(estate: Estate, start: int) -> None:
    for probe in ("a", "b"):
        await answer(estate, probe, good=True, at=start - SECOND)
        await answer(estate, probe, good=False, at=start)
        await answer(estate, probe, good=False, at=start + SECOND)


async def test_an_answer_that_took_longer_still_ends_the_outage_when_it_was_asked(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    start = estate.at(2) + 10 * SECOND
    await both_fail_from(estate, start)
    await answer(estate, "b", good=True, at=start + 31 * SECOND)
    assert await spans(writer, "zeta") == [(start, start + 31 * SECOND)]
    await answer(estate, "a", good=True, at=start + 30 * SECOND)
    assert await spans(writer, "zeta") == [(start, start + 30 * SECOND)]
    await estate.poll(3)
    assert await spans(writer, "zeta") == [(start, start + 30 * SECOND)]


async def test_outages_before_stay_as_they_are_when_a_later_one_is_worked_out(
    estate: Estate, writer: Writer
) -> None:
    expected = []
    for poll in (2, 4, 6):
        await estate.poll(2)
        start = estate.at(poll) + 10 * SECOND
        await both_fail_from(estate, start)
        await answer(estate, "a", good=True, at=start + 20 * SECOND)
        await answer(estate, "b", good=True, at=start + 40 * SECOND)
        expected.append((start, start + 20 * SECOND))
    written = await OUTAGES.read(writer)
    estate.restart()
    await estate.poll(2)
    assert await spans(writer, "zeta") == expected
    assert await OUTAGES.read(writer) == written


async def test_a_report_that_was_only_carried_slowly_leaves_nothing_unmeasured(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    await answer(estate, "a", good=True, at=estate.at(2))
    await estate.poll(4)
    await estate.watch.silent("probe:zeta/a", estate.at(6), TOLERANCE)
    assert await blind(writer, "zeta") == [(estate.at(2), None)]
    await answer(estate, "a", good=True, at=estate.at(4))
    assert await blind(writer, "zeta") == [(estate.at(2), estate.at(2))]
    await estate.poll(2)
    await estate.watch.silent("probe:zeta/a", estate.at(8), TOLERANCE)
    assert (await blind(writer, "zeta"))[1:] == [(estate.at(4), None)]


async def test_an_outage_that_is_known_only_when_it_is_over_has_ended(
    estate: Estate, writer: Writer
) -> None:
    """The probe's two failures are told after the poll that found the instance gone."""
    await estate.poll(2)
    await answer(estate, "a", good=True, at=estate.at(2))
    del estate.guests[201]
    await estate.poll()
    await answer(estate, "a", good=False, at=estate.at(2) + SECOND)
    await answer(estate, "a", good=False, at=estate.at(2) + 2 * SECOND)
    (row,) = await OUTAGES.read(writer)
    assert (row.start, row.end) == (estate.at(2) + SECOND, estate.at(3))
    (incident,) = await incidents.live(writer)
    assert row.incident == incident.id
    kinds = [line.kind for line in await incidents.timeline(writer, incident.id)]
    assert kinds == ["opened", "outage", "recovery"]


async def test_what_is_confirmed_after_a_move_was_the_former_tenants_outage(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll()
    estate.put(guest(201, "acme", status="stopped"))
    await estate.poll(2)
    assert await spans(writer, "zeta") == [(estate.at(3), estate.at(4))]
    assert await spans(writer, "acme") == []


async def test_unmeasured_time_that_began_earlier_than_was_known_is_whole(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    await answer(estate, "a", good=True, at=estate.at(2))
    await estate.poll(2)
    await estate.fail(4)
    assert await blind(writer, "zeta") == [(estate.at(4), None)]
    await answer(estate, "a", good=True, at=estate.at(8))
    await estate.poll()
    lasting = [(start, end) for start, end in await blind(writer, "zeta") if start != end]
    assert lasting == [(estate.at(2), estate.at(9))]


async def test_what_probes_saw_while_the_cluster_was_silent_outlives_a_kill(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    await both_fail_from(estate, estate.at(2) + SECOND)
    for poll in range(3, 9):
        for probe in ("a", "b"):
            await answer(estate, probe, good=False, at=estate.at(poll))
        await estate.fail()
    estate.restart()
    for probe in ("a", "b"):
        await answer(estate, probe, good=True, at=estate.at(9))
    assert await spans(writer, "zeta") == [(estate.at(2) + SECOND, estate.at(9))]


async def test_a_restart_while_a_cluster_is_silent_keeps_what_nobody_knows_unknown(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    await estate.fail(4)
    estate.restart()
    await answer(estate, "a", good=True, at=estate.at(6) + 1)
    await estate.fail()
    assert await blind(writer, "zeta") == [(estate.at(2), None)]
    await estate.poll()
    assert await blind(writer, "zeta") == [(estate.at(2), estate.at(8))]


async def test_an_outage_that_ends_in_the_next_month_no_longer_lasts_in_the_last(
    estate: Estate, writer: Writer
) -> None:
    left = MARCH.span.end - estate.at(0)
    await estate.clock.advance(left / SECOND - 3 * STEP)
    await estate.poll()
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(4)
    lasting = {row.tenant: row.open for row in await figures(writer, str(MARCH))}
    assert lasting == {"acme": False, "zeta": True}
    estate.put(guest(201, "zeta"))
    await estate.poll()
    ended = {row.tenant: row.open for row in await figures(writer, str(MARCH))}
    assert ended == {"acme": False, "zeta": False}


async def test_the_timeline_is_corrected_when_an_outage_goes_on(
    estate: Estate, writer: Writer
) -> None:
    """Two probes that fail some seconds apart, one of which answered once in between."""
    await estate.poll(2)
    start = estate.at(2) + 10 * SECOND
    await both_fail_from(estate, start)
    await answer(estate, "a", good=True, at=start + 20 * SECOND)
    (incident,) = await incidents.live(writer)
    for probe in ("a", "b"):
        for later in (5, 6, 7):
            await answer(estate, probe, good=False, at=start + later * SECOND)
    (row,) = await OUTAGES.read(writer)
    assert row.end is None
    lines = await incidents.timeline(writer, incident.id)
    back = next(line for line in lines if line.kind == "recovery")
    last = lines[-1]
    assert (last.kind, last.corrects) == ("correction", back.id)
    assert last.text.startswith("zeta is still down since 2026-03-01 00:10:10")
    assert {line.words[0] for line in lines if line.kind == "correction"} == {
        "rule=void", "rule=goes-on",
    }  # fmt: skip
