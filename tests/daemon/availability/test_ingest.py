"""From polls to outages, unmeasured time and incidents, over a real database."""

import hashlib
import json

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from noc_tui import i18n
from noc_tui.commands.incident import list_incident_lines
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.observations import Observation, Round
from noc_tui.queries.incidents import read_incident
from storage import errors, incidents
from storage.change import transaction_of
from storage.database import Writer
from storage.evidence import Query, search
from storage.ledger import GAPS, LEDGER, PLACEMENTS
from storage.months import figures
from storage.outages import OUTAGES, UNMEASURED, Outage
from tests.support.played_estate import STEP, Estate, guest, node

pytestmark = pytest.mark.anyio


async def outages_of(writer: Writer, tenant: str) -> list[Outage]:
    return [row for row in await OUTAGES.read(writer) if row.tenant == tenant]


async def spans(writer: Writer, tenant: str) -> list[tuple[int, int | None]]:
    return [(row.start, row.end) for row in await outages_of(writer, tenant)]


async def blind(writer: Writer, tenant: str) -> list[tuple[int, int | None]]:
    rows = await UNMEASURED.read(writer)
    return [(row.start, row.end) for row in rows if row.tenant == tenant]


async def test_an_outage_is_known_while_it_lasts_and_when_it_ends(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll()
    assert await spans(writer, "zeta") == []
    await estate.poll()
    assert await spans(writer, "zeta") == [(estate.at(3), None)]
    estate.put(guest(201, "zeta"))
    await estate.poll()
    (row,) = await outages_of(writer, "zeta")
    assert (row.start, row.end) == (estate.at(3), estate.at(5))
    assert (row.not_before, row.not_over_before) == (estate.at(2), estate.at(4))
    assert await spans(writer, "acme") == []


async def test_an_isolated_failure_is_no_outage(estate: Estate, writer: Writer) -> None:
    await estate.poll()
    for status in ("stopped", "running", "stopped", "running"):
        estate.put(guest(201, "zeta", status=status))
        await estate.poll()
    assert await spans(writer, "zeta") == []


async def test_a_lost_node_takes_out_who_had_nothing_elsewhere_in_one_incident(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.nodes["pve1"] = node("pve1", "offline")
    estate.put(guest(101, "acme", status="unknown"), guest(201, "zeta", status="unknown"))
    await estate.poll(2)
    assert await spans(writer, "acme") == []
    (row,) = await outages_of(writer, "zeta")
    (incident,) = await incidents.live(writer)
    assert (incident.subject, row.incident) == ("node:rennes/pve1", incident.id)
    # HA brings acme's guest back elsewhere: it was there when the node was lost all the same.
    estate.put(guest(101, "acme", "pve2"))
    await estate.poll()
    found = await read_incident(writer, incident.id)
    assert found is not None
    assert [(one.tenant, one.guests) for one in found.touched] == [("acme", 1), ("zeta", 1)]
    i18n.use("en")
    assert "  zeta · guests: 1" in list(list_incident_lines(found))


async def test_a_node_that_is_off_in_maintenance_was_not_lost(
    estate: Estate, writer: Writer
) -> None:
    """What its guests suffer is counted all the same, under an incident of theirs."""
    await estate.poll(2)
    estate.nodes["pve1"] = replace(node("pve1", "offline"), ha_state="maintenance")
    await estate.poll(2)
    assert await incidents.live(writer) == []
    estate.put(guest(201, "zeta", status="unknown"))
    await estate.poll(2)
    assert [one.subject for one in await incidents.live(writer)] == ["tenant:zeta"]


async def test_without_quorum_an_offline_node_proves_nothing(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.quorate = False
    estate.nodes["pve1"] = node("pve1", "offline")
    estate.put(guest(201, "zeta", status="unknown"))
    await estate.poll(3)
    assert await spans(writer, "zeta") == []
    assert await blind(writer, "zeta") == [(estate.at(2), None)]
    (incident,) = await incidents.live(writer)
    found = await read_incident(writer, incident.id)
    assert incident.subject == "quorum:rennes"
    assert found is not None
    assert [(one.tenant, one.guests) for one in found.touched] == [("acme", 2), ("zeta", 1)]


@pytest.mark.parametrize("removed", [False, True])
async def test_a_guest_that_is_still_unknown_when_its_node_is_back_is_not_down(
    estate: Estate, writer: Writer, removed: bool
) -> None:
    await estate.poll(2)
    estate.nodes["pve1"] = node("pve1", "offline")
    estate.put(guest(201, "zeta", status="unknown"))
    await estate.poll(3)
    estate.nodes["pve1"] = node("pve1")
    if removed:
        del estate.nodes["pve1"]
    await estate.poll(3)
    assert await spans(writer, "zeta") == [(estate.at(3), estate.at(5))]
    assert await blind(writer, "zeta") == [(estate.at(5), None)]


async def test_a_daemon_that_is_killed_leaves_unmeasured_time_and_no_downtime(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(3)
    await estate.sleep(10)
    estate.restart()
    await estate.poll(2)
    assert await OUTAGES.read(writer) == []
    assert await blind(writer, "acme") == [(estate.at(3), estate.at(14))]
    (gap,) = await GAPS.read(writer)
    assert (gap.start, gap.end) == (estate.at(3), estate.at(14))


async def test_a_cluster_that_does_not_answer_is_unmeasured_at_once_and_after(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(3)
    await estate.fail(2)
    assert await blind(writer, "acme") == []
    await estate.fail()
    assert await blind(writer, "acme") == [(estate.at(3), None)]
    await estate.fail(4)
    await estate.poll(2)
    assert await blind(writer, "acme") == [(estate.at(3), estate.at(11))]
    assert await OUTAGES.read(writer) == []


async def test_an_outage_stops_where_nobody_looked_and_goes_on_after(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(3)
    await estate.sleep(9)
    estate.restart()
    await estate.poll(2)
    estate.put(guest(201, "zeta"))
    await estate.poll()
    assert await spans(writer, "zeta") == [
        (estate.at(3), estate.at(5)),
        (estate.at(15), estate.at(17)),
    ]
    assert await blind(writer, "zeta") == [(estate.at(5), estate.at(15))]


async def test_an_outage_that_one_look_saw_between_two_silences_ends(
    estate: Estate, writer: Writer
) -> None:
    """A daemon that falls again right after its first look leaves no outage that lasts for ever."""
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(3)
    for _ in range(2):
        await estate.sleep(9)
        estate.restart()
        await estate.poll()
    seen = (estate.at(3), estate.at(5))
    assert await spans(writer, "zeta") == [seen, (estate.at(25), None)]
    await estate.sleep(9)
    estate.restart()
    estate.put(guest(201, "zeta"))
    await estate.poll()
    assert await spans(writer, "zeta") == [seen, (estate.at(25), estate.at(25))]
    assert await blind(writer, "zeta") == [(estate.at(5), estate.at(35))]
    (figure,) = [one for one in await figures(writer, "2026-03") if one.tenant == "zeta"]
    assert (figure.down, figure.open) == (estate.at(5) - estate.at(3), False)


async def test_a_quick_restart_changes_nothing(estate: Estate, writer: Writer) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(3)
    estate.restart()
    await estate.poll(2)
    assert await spans(writer, "zeta") == [(estate.at(3), None)]
    assert len(await incidents.live(writer)) == 1


async def test_a_guest_that_changes_hands_counts_with_each_tenant_for_its_own_time(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.put(guest(102, "acme", "pve2", "stopped"))
    await estate.poll(2)
    estate.put(guest(101, "zeta"))
    await estate.poll(2)
    assert await spans(writer, "acme") == [(estate.at(5), None)]
    moved = [row for row in await PLACEMENTS.read(writer) if row.source == "guest:rennes/101"]
    assert [(row.tenant, row.since, row.until) for row in moved] == [
        ("acme", estate.at(1), estate.at(5)),
        ("zeta", estate.at(5), None),
    ]


async def test_a_tenant_whose_last_guest_is_deleted_is_available(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(2)
    del estate.guests[201]
    await estate.poll(2)
    assert await spans(writer, "zeta") == [(estate.at(3), estate.at(5))]


async def look(estate: Estate, writer: Writer, good: bool, at: int) -> None:
    """One observation of zeta's endpoint, sent at an instant between two polls."""
    name = "probe:zeta/www"
    seen = [Observation(name, good, "")]
    tolerance = int(3 * STEP * 1_000_000)
    await estate.watch.probed(Round(name, at, seen, {name: ("zeta", "")}), tolerance)


async def test_an_outage_begins_with_the_first_failure_of_whichever_was_confirmed_last(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    await look(estate, writer, good=True, at=estate.at(2) + 1)
    early = estate.at(3) - 1
    await look(estate, writer, good=False, at=early)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(2)
    assert await spans(writer, "zeta") == [(estate.at(3), None)]
    await look(estate, writer, good=False, at=estate.at(4) + 1)
    (row,) = await outages_of(writer, "zeta")
    assert (row.start, row.end, row.cause) == (early, None, "connectivity")
    assert row.sources == ("guest:rennes/201", "probe:zeta/www")
    estate.put(guest(201, "zeta"))
    await estate.poll()
    back = estate.at(5) + 1
    await look(estate, writer, good=True, at=back)
    assert await spans(writer, "zeta") == [(early, back)]
    assert len(await incidents.live(writer)) == 1


async def test_a_silent_probe_is_unmeasured_from_when_it_last_concluded(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    await look(estate, writer, good=True, at=estate.at(2))
    for poll in range(3, 7):
        await estate.poll()
        tolerance = int(2 * STEP * 1_000_000)
        await estate.watch.silent("probe:zeta/www", estate.at(poll), tolerance)
    assert await blind(writer, "zeta") == [(estate.at(2), None)]
    await look(estate, writer, good=True, at=estate.at(6) + 1)
    assert await blind(writer, "zeta") == [(estate.at(2), estate.at(6) + 1)]
    assert await OUTAGES.read(writer) == []


async def test_the_ledger_is_appended_and_proven(estate: Estate, writer: Writer) -> None:
    await estate.poll(2)
    written = len(await LEDGER.read(writer))
    await estate.poll(20)
    assert len(await LEDGER.read(writer)) == written
    for statement in ("UPDATE ledger SET state = 'up'", "DELETE FROM ledger"):
        with pytest.raises(errors.StorageError, match="never"):
            async with writer.change(itself()) as change:
                await transaction_of(change).execute(statement)
    (first, *_) = await search(writer, Query(kind="availability.observed"))
    rows = [
        json.dumps(
            ["ledger", to_builtins(row)], sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
        for row in await LEDGER.read(writer)
        if row.evidence == first.seq
    ]
    found = hashlib.sha256(b"".join(line + b"\n" for line in sorted(rows))).hexdigest()
    said = json.loads(first.payload or "")["rows"]["ledger"]
    assert said == {"count": len(rows), "sha256": found}
