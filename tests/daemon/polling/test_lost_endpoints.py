"""A cluster that falls apart, seen through three endpoints by the daemon's parts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

from noc_tui.alerts.inputs import ENDPOINTS
from noc_tui.clock import SteppedClock
from noc_tui.cluster.connection_config import ApiToken, CallLimits, ClusterAccess
from noc_tui.cluster.gateway import Gateway
from noc_tui.config import ClusterConfig, Secret, Secrets, SecretToken
from noc_tui.daemon.availability.service import build as build_availability
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.doctor.examination import examine
from noc_tui.daemon.polling import slow
from noc_tui.daemon.polling.fast import Poller
from noc_tui.simulator import machines
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.options import Options
from noc_tui.simulator.simulator import Simulator
from storage import inventory, register
from storage.ledger import LEDGER
from tests.support.changes import recorded
from tests.support.context import START, made_context
from tests.support.dialling import dial_briefly
from tests.support.played_estate import tenant
from tests.support.waiting import until

pytestmark = pytest.mark.anyio
LIMITS = CallLimits(connect=60, silence=3, read=60, write_silence=60, write=60)
"""A connection that was open when its node died is silent for three seconds."""


@dataclass
class Watched:
    """The simulator, and the daemon's parts that look at its first cluster."""

    simulator: Simulator
    clock: SteppedClock
    context: Context
    poller: Poller
    cluster: Cluster

    async def poll(self) -> None:
        await self.clock.advance(10)
        await self.simulator.sync()
        await self.poller.poll()

    async def quorum(self) -> bool | None:
        (row,) = await inventory.CLUSTERS.read(self.context.writer)
        return row.quorate

    async def booked(self) -> set[tuple[str, str, str]]:
        """(source, state, reason) of all that was observed."""
        rows = await LEDGER.read(self.context.writer)
        return {(row.source, row.state, row.reason) for row in rows}


@pytest.fixture
async def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    dial_briefly(monkeypatch)
    async with watching(tmp_path) as made:
        yield made


@asynccontextmanager
async def watching(directory: Path) -> AsyncIterator[Watched]:
    clock = SteppedClock(START)
    options = Options(guests=24, tenants=3, endpoints=3, delay_scale=0)
    async with AsyncExitStack() as stack:
        (directory / "sim").mkdir()
        simulator = await stack.enter_async_context(Simulator(options, clock, directory / "sim"))
        here = simulator.clusters[0]
        for name, line in (("read", here.token), ("action", here.action_token)):
            (directory / name).write_text(line)
        access = ClusterAccess(
            here.name,
            here.urls,
            ApiToken.parse(here.token),
            ca_file=Path(here.ca_file),
            limits=LIMITS,
            read_token_file=directory / "read",
        )
        gateway = Gateway(access, clock)
        stack.push_async_callback(gateway.close)
        config = ClusterConfig(
            name=here.name,
            site=here.site,
            endpoints=here.urls,
            read_token_file=directory / "read",
            action_token_file=directory / "action",
            ca_file=Path(here.ca_file),
        )
        secrets = Secrets(
            read={here.name: secret(here.token)}, action={here.name: secret(here.action_token)}
        )
        context = await stack.enter_async_context(
            made_context(directory, clock=clock, secrets=secrets, gateways={here.name: gateway})
        )
        context = replace(context, config=changed(context.config, clusters=(config,)))
        pools = [one.pool for one in simulator.tenants if here.name in one.clusters]
        async with recorded(context.writer) as change:
            tenants = [
                changed(tenant(f"t{number}"), pools=(f"{here.name}/{pool}",))
                for number, pool in enumerate(pools)
            ]
            since = date(2020, 1, 1)
            rows = [
                register.TenantPool(here.name, pool, since, None, f"t{number}")
                for number, pool in enumerate(pools)
            ]
            await register.replace_register(change, register.Register(tenants=tenants, pools=rows))
        poller = Poller(context, config, gateway, [build_availability(context)])
        cluster = simulator.world.clusters[here.name]
        yield Watched(simulator, clock, context, poller, cluster)


def secret(line: str) -> SecretToken:
    name, _, text = line.partition("=")
    return SecretToken(name, Secret(text))


async def test_a_lost_quorum_is_shown_within_two_polls_and_books_nothing_down(
    watched: Watched,
) -> None:
    """Two of three nodes are unplugged: their endpoints are silent, the third one says 0."""
    nodes = list(watched.cluster.nodes)
    for name in nodes[3:]:
        del watched.cluster.nodes[name]
    for guest in watched.cluster.guests.values():
        guest.node = guest.node if guest.node in nodes[:3] else nodes[0]
    watched.cluster.touch()
    for _ in range(2):
        await watched.poll()
    assert await watched.quorum() is True
    before = await watched.booked()
    machines.lose_quorum(watched.simulator.world, watched.cluster)
    shown = []
    for _ in range(5):
        await watched.poll()
        shown.append(await watched.quorum())
    assert shown == [False] * 5
    new = await watched.booked() - before
    assert new
    # Quorum itself is down; of nodes, guests and tenants nothing is known.
    assert {row for row in new if row[1] == "down"} <= {
        (f"quorum:{watched.cluster.name}", "down", reason) for _, _, reason in new
    }
    assert any(row[0].startswith("guest:") and row[2] == "no_quorum" for row in new)
    machines.regain_quorum(watched.simulator.world, watched.cluster)
    for _ in range(2):
        await watched.poll()
    assert await watched.quorum() is True


async def endpoint_source(watched: Watched) -> inventory.Source | None:
    return await inventory.SOURCES.get(watched.context.writer, watched.cluster.name, ENDPOINTS)


async def looked(watched: Watched, *, error: bool) -> inventory.Source:
    """The source, once it says that all answer or that some do not."""
    found = await until(
        lambda: endpoint_source(watched),
        lambda source: source is not None and (source.error is not None) is error,
        meanwhile=lambda: watched.clock.advance(slow.ENDPOINT_SECONDS),
    )
    assert found is not None
    return found


async def test_a_lost_endpoint_is_a_state_of_its_own_while_polls_go_on(watched: Watched) -> None:
    part = slow.build(watched.context)
    loop = asyncio.create_task(part._endpoints(watched.context.config.clusters[0]))
    try:
        assert (await looked(watched, error=False)).failing_since is None
        second = list(watched.cluster.nodes)[1]
        await watched.simulator.replace_certificate(watched.cluster.name, second, trusted=False)
        lost = await looked(watched, error=True)
        url = watched.simulator.clusters[0].urls[1]
        assert lost.error is not None
        assert lost.error.startswith("2 of 3 answer; ")
        assert url in lost.error
        assert "not trusted" in lost.error
        assert lost.seen_at == lost.tried_at, "it was looked at just now"
        await watched.poll()
        assert await watched.quorum() is True
        await watched.simulator.replace_certificate(watched.cluster.name, second, trusted=True)
        assert (await looked(watched, error=False)).failing_since is None
    finally:
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)


async def test_doctor_names_the_endpoint_that_answered_and_those_that_do_not(
    watched: Watched,
) -> None:
    first, second, _third = watched.simulator.clusters[0].urls
    name = next(iter(watched.cluster.nodes))
    await watched.simulator.replace_certificate(watched.cluster.name, name, trusted=False)
    context = watched.context
    found = await examine(context.config, context.secrets, watched.clock)
    texts = {one.text: one.level for one in found if one.key.endswith(".endpoints")}
    assert texts[f"reached through {second}"] == "good"
    untrusted = [text for text in texts if first in text]
    assert any("its certificate is not trusted" in text for text in untrusted)
    assert any("shows a certificate that is not trusted" in text for text in untrusted)
    assert not any("('" in text for text in texts)
