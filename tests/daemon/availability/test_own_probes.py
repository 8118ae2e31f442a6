"""Instances with a probe of their own, and since when a tenant is watched at all."""

import msgspec
import pytest

from noc_tui.config.values import Probe
from noc_tui.daemon.core.observations import Observation, Round
from noc_tui.queries.month_facts import read_watched_since
from storage.database import Writer
from storage.ledger import OBSERVERS, PLACEMENTS, Observer, Placement
from storage.outages import OUTAGES
from storage.register import TENANTS
from tests.daemon.availability.test_ingest import blind, spans
from tests.statement.test_statement import month_with_an_outage, read, written
from tests.support.changes import PREPARED, TESTER
from tests.support.played_estate import STEP, Estate, guest

pytestmark = pytest.mark.anyio

OWN = Probe(name="vm", tenant="zeta", target="tcp://192.0.2.1:22", instance="rennes/201")
TOLERANCE = int(3 * STEP * 1_000_000)


async def look(
    estate: Estate, *, good: bool, at: int, observer: str = "probe:zeta/vm", confirm: int = 2
) -> None:
    """What Zeta's instance answered to its own probe."""
    seen = [Observation("guest:rennes/201", good, "")]
    await estate.watch.probed(Round(observer, at, seen, confirm=confirm), TOLERANCE)


async def test_a_probe_that_has_concluded_nothing_yet_leaves_its_instance_unmeasured(
    estate: Estate, writer: Writer
) -> None:
    estate.configure(OWN)
    await estate.poll(3)
    assert await blind(writer, "zeta") == [(estate.at(1), None)]
    assert (await read(writer)).coverage_percent == "0.0000"


async def test_a_tenant_whose_instances_all_have_probes_of_their_own_is_measured(
    estate: Estate, writer: Writer
) -> None:
    estate.configure(OWN)
    await estate.poll()
    await look(estate, good=True, at=estate.at(1) + 1)
    since = await read_watched_since(writer, await TENANTS.read(writer))
    assert since == {"acme": estate.at(1), "zeta": estate.at(1)}
    for poll in range(2, 8):
        await estate.poll()
        await look(estate, good=poll < 5, at=estate.at(poll) + 1)
    found = await read(writer)
    assert [(one.kind, one.end is None) for one in found.intervals] == [
        ("unmeasured", False),
        ("unmeasured", False),
        ("outage", True),
    ]
    assert found.unmeasured_seconds == f"{STEP + 0.000001:f}"


async def test_a_probe_given_to_an_instance_later_observes_it_from_then_on(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.configure(OWN)
    await estate.poll()
    await look(estate, good=True, at=estate.at(3) + 1)
    await estate.fail(9)
    assert await blind(writer, "zeta") == []
    await look(estate, good=True, at=estate.at(12))
    assert await blind(writer, "zeta") == [(estate.at(3) + 1, estate.at(12))]
    await estate.poll(9)
    await estate.watch.silent("probe:zeta/vm", estate.at(21), TOLERANCE)
    assert await blind(writer, "zeta") == [(estate.at(3) + 1, None)]
    assert await OUTAGES.read(writer) == []


async def test_the_silence_of_an_instance_to_icmp_proves_no_outage_from_then_on(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(3)
    assert await spans(writer, "zeta") == [(estate.at(3), None)]
    estate.configure(msgspec.structs.replace(OWN, target="icmp://192.0.2.1"))
    await estate.poll()
    assert await spans(writer, "zeta") == [(estate.at(3), estate.at(6))]
    for poll in (6, 7, 8):
        await look(estate, good=False, at=estate.at(poll) + 1, observer="ping:zeta/vm")
        await estate.poll()
    assert await spans(writer, "zeta") == [(estate.at(3), estate.at(6))]
    assert await blind(writer, "zeta") == [(estate.at(6), None)]
    await look(estate, good=True, at=estate.at(9) + 1, observer="ping:zeta/vm")
    assert await blind(writer, "zeta") == [(estate.at(6), estate.at(9) + 1)]


async def test_a_tenant_without_any_instance_is_measured_though_its_endpoint_is_probed(
    estate: Estate, writer: Writer
) -> None:
    del estate.guests[201]
    await estate.poll(2)
    name = "probe:zeta/www"
    seen = Round(name, estate.at(2), [Observation(name, True, "")], {name: ("zeta", "")})
    await estate.watch.probed(seen, TOLERANCE)
    since = await read_watched_since(writer, await TENANTS.read(writer))
    assert since == {"acme": estate.at(1), "zeta": estate.at(1)}
    assert (await read(writer)).coverage_percent == "50.0000"


async def test_a_cluster_that_is_added_later_changes_no_month_before(
    estate: Estate, writer: Writer
) -> None:
    await month_with_an_outage(estate)
    before = written(await read(writer))
    later = estate.at(20_000)
    async with writer.change(TESTER) as change:
        entry = await change.record(PREPARED, [], {})
        name, source = "cluster:nantes", "guest:nantes/5"
        await change.put(OBSERVERS, [Observer(name, later, later, outside=False)])
        await change.put(
            PLACEMENTS, [Placement(source, later, "zeta", name, "nantes/pve1", None, entry)]
        )
    assert written(await read(writer)) == before
