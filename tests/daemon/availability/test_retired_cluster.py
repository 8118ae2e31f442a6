"""A cluster that is taken out of the configuration: what nobody looks at is not measured."""

import dataclasses
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from noc_tui.cluster.difference import difference
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.daemon.core.service import PollResult
from storage.database import Writer
from storage.ledger import current_placements
from storage.register import TenantPool, replace_register
from tests.daemon.availability.test_ingest import blind, spans
from tests.support.changes import recorded
from tests.support.played_estate import REGISTER, STEP, Estate, guest, node

pytestmark = pytest.mark.anyio


def restarted(estate: Estate, **changes: Any) -> None:
    """A daemon that was started anew under another file."""
    config = replace(estate.context.config, **changes)
    estate.context = dataclasses.replace(estate.context, config=config)
    estate.restart()


async def lyon(estate: Estate, *statuses: str) -> None:
    """Polls of the other cluster, where Acme has one guest."""
    last = None
    for status in statuses:
        await estate.clock.advance(STEP)
        now = estate.clock.now()
        seen = ClusterSnapshot(
            cluster="lyon",
            observed_at=now,
            endpoint="https://pve9.example.fr:8006",
            version="8.4",
            quorate=True,
            nodes={"pve9": node("pve9")},
            guests={301: guest(301, "acme", "pve9", status)},
            storages={},
            pools={},
            tasks={},
        )
        await estate.watch.polled(PollResult("lyon", now, seen, difference(last, seen), None, 0))
        last = seen


async def test_its_tenants_are_unmeasured_since_it_was_last_seen_and_no_longer_out(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(2)
    assert await spans(writer, "zeta") == [(estate.at(3), None)]
    await estate.sleep(6)
    restarted(estate, clusters=())
    await estate.watch.probes()
    assert await spans(writer, "zeta") == [(estate.at(3), estate.at(4))]
    assert await blind(writer, "zeta") == [(estate.at(4), None)]
    assert await blind(writer, "acme") == [(estate.at(4), None)]
    await estate.sleep(6)
    restarted(estate, clusters=())
    await estate.watch.probes()
    assert await blind(writer, "zeta") == [(estate.at(4), None)]


async def test_its_guests_do_not_hide_that_those_elsewhere_are_down(
    estate: Estate, writer: Writer
) -> None:
    pools = [*REGISTER.pools, TenantPool("lyon", "acme", date(2020, 1, 1), None, "acme")]
    async with recorded(writer) as change:
        await replace_register(change, replace(REGISTER, pools=pools))
    (rennes,) = estate.context.config.clusters
    both = (rennes, replace(rennes, name="lyon"))
    restarted(estate, clusters=both)
    await estate.poll(2)
    await lyon(estate, "running")
    restarted(estate, clusters=both[1:])
    await lyon(estate, "running", "stopped", "stopped", "stopped")
    assert await spans(writer, "acme") == [(estate.at(5), None)]
    placed = await current_placements(writer)
    assert [one.source for one in placed if one.tenant == "acme"] == ["guest:lyon/301"]
    assert await blind(writer, "zeta") == [(estate.at(4), None)]
