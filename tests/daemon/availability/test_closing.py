"""An incident that is closed stays closed; what was decided can be decided anew (R10, R14)."""

import pytest

from noc_tui.contract.attribution import Party
from noc_tui.daemon.availability import decisions, incidents
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import actor, itself
from storage.database import Writer
from storage.incidents import Incident, live
from storage.outages import EXCLUSIONS, OUTAGES
from tests.daemon.availability.test_messages import OMAR
from tests.support.played_estate import Estate, guest

pytestmark = pytest.mark.anyio

ACTOR = actor(OMAR)


async def closed_and_live(estate: Estate, writer: Writer) -> tuple[Incident, Incident]:
    """An incident that was resolved, and another with an outage that lasts."""
    await estate.poll(2)
    async with writer.change(itself()) as change:
        opened = await incidents.open_incident(change, ACTOR, "hier")
        closed = await incidents.move(change, ACTOR, opened, "resolved")
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(2)
    (lasting,) = await live(writer)
    return closed, lasting


async def test_a_closed_incident_takes_no_outage(estate: Estate, writer: Writer) -> None:
    closed, lasting = await closed_and_live(estate, writer)
    (outage,) = await OUTAGES.read(writer)
    with pytest.raises(Conflict, match="no outage can be added"):
        async with writer.change(itself()) as change:
            await incidents.merge(change, ACTOR, lasting, closed)
    with pytest.raises(Conflict, match="no outage can be added"):
        async with writer.change(itself()) as change:
            await incidents.gather(change, ACTOR, closed, outage)
    assert [one.id for one in await live(writer)] == [lasting.id]


async def test_an_incident_that_is_taken_up_again_has_not_ended(
    estate: Estate, writer: Writer
) -> None:
    closed, _ = await closed_and_live(estate, writer)
    async with writer.change(itself()) as change:
        reviewed = await incidents.move(change, ACTOR, closed, "reviewed")
        again = await incidents.move(change, ACTOR, closed, "acknowledged")
    assert reviewed.ended_at == closed.ended_at is not None
    assert again.ended_at is None


async def test_an_outage_is_attributed_anew_though_its_exclusion_was_withdrawn(
    estate: Estate, writer: Writer
) -> None:
    await closed_and_live(estate, writer)
    (outage,) = await OUTAGES.read(writer)
    async with writer.change(itself()) as change:
        first = await decisions.attribute(change, OMAR, outage.id, Party.CLIENT, "arrêtée", [])
        assert first.exclusion is not None
        await decisions.withdraw(change, OMAR, first.exclusion, "par erreur")
        await decisions.attribute(change, OMAR, outage.id, Party.QUOTA, "disque plein", [])
    found = [(row.basis, row.withdrawn_reason) for row in await EXCLUSIONS.read(writer)]
    assert found == [("not_attributable", "par erreur"), ("quota", None)]


async def test_an_outage_of_which_nothing_is_left_is_attributed_and_excludes_nothing(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(3)
    for status in ("stopped", "running"):
        await estate.sleep(9)
        estate.restart()
        estate.put(guest(201, "zeta", status=status))
        await estate.poll()
    empty = [row for row in await OUTAGES.read(writer) if row.start == row.end]
    assert empty
    async with writer.change(itself()) as change:
        for row in empty:
            await decisions.attribute(change, OMAR, row.id, Party.CLIENT, "arrêtée", [])
    assert await EXCLUSIONS.read(writer) == []
