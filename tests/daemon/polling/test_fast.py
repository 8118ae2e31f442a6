"""What a poll makes of a token that is shown less than before."""

import dataclasses
from pathlib import Path

import pytest

from noc_tui.clock import SteppedClock
from noc_tui.cluster import errors
from noc_tui.cluster.connection_config import ClusterAccess
from noc_tui.cluster.gateway import Gateway
from noc_tui.commands.status_document import StatusSight
from noc_tui.config import ClusterConfig
from noc_tui.daemon.polling.fast import COMPARE_SECONDS, Poller
from noc_tui.labels import states
from storage import inventory
from storage.guests import GUESTS
from tests.cluster.test_gateway_wire import PATIENT, POLL, RESOURCES, TOKEN
from tests.forgeries.rows import forge, sql
from tests.support import stub
from tests.support.context import START, made_context
from tests.support.tls import make_tls

pytestmark = pytest.mark.anyio
OTHERS = ", ".join(f'"{name}"' for name in (*inventory.NODES.fields, "revision") if name != "name")
NOTHING = stub.data('[{"id":"node/pve1","node":"pve1","type":"node","status":"online"}]')
REFUSED = stub.status(403, "Permission check failed (/, Sys.Audit)")
AUDIT = stub.data('{"/vms":{"VM.Audit":1}}')


async def test_guests_that_the_token_may_not_see_any_more_are_not_gone(tmp_path: Path) -> None:
    tls, clock = make_tls(tmp_path), SteppedClock(START)
    async with stub.serving(tls, dict(POLL)) as server, made_context(tmp_path) as context:
        url = server.url
        access = ClusterAccess("lab", (url,), TOKEN, ca_file=tls.ca_file, limits=PATIENT)
        cluster = ClusterConfig(name="lab", site="dc1", endpoints=(url,), read_token_file=tmp_path)

        async def stored() -> list[int]:
            return [row.vmid for row in await GUESTS.read(context.writer)]

        for _ in ("a daemon that saw them itself", "one that was started since"):
            gateway = Gateway(access, clock)
            poller = Poller(context, cluster, gateway, [])
            server.answers |= POLL
            if not await stored():
                assert (await poller.poll()).error is None
            blind = {"cluster/status": REFUSED, "access/permissions": stub.data("{}")}
            server.answers |= {**blind, "cluster/resources": NOTHING}
            for _ in range(2):
                result = await poller.poll()
                assert isinstance(result.error, errors.PermissionMissing)
                assert (result.error.path, result.error.privilege) == ("/vms", "VM.Audit")
                assert await stored() == [101]
            await gateway.close()
        server.answers["access/permissions"] = AUDIT
        gateway = Gateway(access, clock)
        poller = Poller(context, cluster, gateway, [])
        assert (await poller.poll()).error is None, "the last one was deleted"
        assert await stored() == []
        before = len(server.requests)
        await poller.poll()
        assert len(server.requests) == before + 3
        await gateway.close()


async def test_an_absurd_number_is_stored_as_unknown_and_ends_nothing(tmp_path: Path) -> None:
    """A poll of figures beyond 64 bits is committed, the neighbours with it, and what was left out
    stands in the row of the source until the answers are right again.
    """
    tls, clock = make_tls(tmp_path), SteppedClock(START)
    sound = POLL["cluster/resources"]
    neighbour = (
        '{"id":"qemu/102","type":"qemu","node":"pve1","vmid":102,"name":"db","status":"running"}'
    )
    async with stub.serving(tls, dict(POLL)) as server, made_context(tmp_path) as context:
        url = server.url
        access = ClusterAccess("lab", (url,), TOKEN, ca_file=tls.ca_file, limits=PATIENT)
        cluster = ClusterConfig(name="lab", site="dc1", endpoints=(url,), read_token_file=tmp_path)
        gateway = Gateway(access, clock)
        poller = Poller(context, cluster, gateway, [])
        for text in ("1" + "0" * 30, "1e300", "-1", "NaN"):
            body = RESOURCES[:-1] + f",{neighbour[:-1]},"
            body += ",".join(f'"{name}":{text}' for name in ("maxmem", "maxdisk", "maxcpu", "cpu"))
            server.answers["cluster/resources"] = stub.data(body + "}]")
            assert (await poller.poll()).error is None
            rows = {row.vmid: row for row in await GUESTS.read(context.writer)}
            odd = rows[102]
            assert (odd.name, odd.memory, odd.disk, odd.cpus, odd.cpu_percent) == (
                "db",
                *[None] * 4,
            )
            assert rows[101].memory is not None
            source = await inventory.SOURCES.get(context.writer, "lab", "fast")
            assert source is not None
            assert (source.omitted_fields, source.omitted_rows) == (4, 0)
            assert source.omitted.startswith("qemu/102: ")
        server.answers["cluster/resources"] = sound
        await poller.poll()
        source = await inventory.SOURCES.get(context.writer, "lab", "fast")
        assert source is not None
        assert (source.omitted_fields, source.omitted) == (0, "")
        await gateway.close()


async def test_a_row_that_another_hand_wrote_stands_for_an_hour_at_most(tmp_path: Path) -> None:
    """No entry and no signature tells it: the poll is compared with the file itself."""
    tls, clock = make_tls(tmp_path), SteppedClock(START)
    async with (
        stub.serving(tls, dict(POLL)) as server,
        made_context(tmp_path, clock=clock) as context,
    ):
        url = server.url
        access = ClusterAccess("lab", (url,), TOKEN, ca_file=tls.ca_file, limits=PATIENT)
        cluster = ClusterConfig(name="lab", site="dc1", endpoints=(url,), read_token_file=tmp_path)
        gateway = Gateway(access, clock)
        poller = Poller(context, cluster, gateway, [])
        await poller.poll()

        async def names() -> tuple[set[str | None], set[str]]:
            guests = await GUESTS.read(context.writer)
            nodes = await inventory.NODES.read(context.writer)
            return {one.name for one in guests}, {one.name for one in nodes}

        true = await names()
        forge(
            context.writer.path,
            sql(
                "UPDATE guest SET name = 'another'",
                f"INSERT INTO node(name, {OTHERS}) SELECT 'pve9', {OTHERS} FROM node LIMIT 1",  # noqa: S608 - from code
            ),
        )
        await poller.poll()
        assert await names() == ({"another"}, {*true[1], "pve9"})
        await clock.advance(COMPARE_SECONDS)
        await poller.poll()
        assert await names() == true
        await gateway.close()


@pytest.mark.parametrize(
    ("answer", "trust", "state"),
    [
        (stub.status(401, "no such token"), True, "token-refused"),
        (stub.status(403, "Permission check failed (/, Sys.Audit)"), True, "token-refused"),
        (stub.status(500, "anything else"), True, "unreachable"),
        (None, False, "untrusted"),
    ],
)
async def test_who_answers_and_refuses_is_not_told_as_out_of_reach(
    tmp_path: Path, answer: stub.Answer | None, trust: bool, state: str
) -> None:
    tls, clock = make_tls(tmp_path), SteppedClock(START)
    answers = POLL if answer is None else {**POLL, "cluster/resources": answer}
    async with stub.serving(tls, answers) as server, made_context(tmp_path) as context:
        url = server.url
        access = ClusterAccess("lab", (url,), TOKEN, ca_file=tls.ca_file, limits=PATIENT)
        if not trust:
            access = dataclasses.replace(access, ca_file=None, fingerprint="AB" * 32)
        cluster = ClusterConfig(name="lab", site="dc1", endpoints=(url,), read_token_file=tmp_path)
        gateway = Gateway(access, clock)
        poller = Poller(context, cluster, gateway, [])

        async def told() -> str | None:
            await poller.poll()
            sources = await inventory.SOURCES.read(context.writer)
            return StatusSight(sources, clock.now()).failure("lab")

        assert await told() == state
        assert states.CLUSTER[state].text
        if answer is not None:
            server.answers["cluster/resources"] = POLL["cluster/resources"]
            assert await told() is None
        await gateway.close()
