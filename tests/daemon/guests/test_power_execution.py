"""Power orders whose cluster answers badly: what is not known is never told as not done."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from noc_tui.api import guests as api
from noc_tui.clock import SteppedClock
from noc_tui.cluster.connection_config import ClusterAccess
from noc_tui.cluster.gateway import Gateway
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.server import Call
from noc_tui.daemon.guests import power_requests
from noc_tui.daemon.guests.power_execution import KIND, PowerIntent
from noc_tui.daemon.guests.power_requests import PowerService
from noc_tui.roles import Caller, Role
from storage import evidence, intents
from storage.intents import INTENTS, Intent
from tests.cluster.test_gateway_wire import PATIENT, POLL, TOKEN
from tests.support import stub
from tests.support.changes import recorded
from tests.support.context import START, made_context
from tests.support.tls import make_tls

pytestmark = pytest.mark.anyio
STOP = "nodes/pve1/qemu/101/status/stop"
TASKS = "nodes/pve1/tasks"
UPID = f"UPID:pve1:00000110:0004052B:{int(START.timestamp()):08X}:qmstop:101:noc@pve!read:"
ROW = (
    f'[{{"upid":"{UPID}","node":"pve1","type":"qmstop","id":"101","user":"noc@pve!read",'
    f'"starttime":{int(START.timestamp())}}}]'
)
DONE = stub.data(
    f'{{"upid":"{UPID}","node":"pve1","type":"qmstop","status":"stopped","exitstatus":"OK"}}'
)
BROKEN = stub.status(596, "Connection refused")


class Hasty(SteppedClock):
    """Whoever sleeps wakes at once, later."""

    async def sleep(self, seconds: float) -> None:
        self._move_to(self._elapsed + seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def ordered(
    tmp_path: Path, answers: dict[str, stub.Answer], state: str = "pending"
) -> AsyncIterator[tuple[Context, PowerService, stub.Stub]]:
    """An order to stop a guest, left in that state by an earlier run; the cluster was seen."""
    tls, clock = make_tls(tmp_path), Hasty(START)
    async with stub.serving(tls, {**POLL, **answers}) as server:
        access = ClusterAccess(
            "lab", (server.url,), TOKEN, TOKEN, ca_file=tls.ca_file, limits=PATIENT
        )
        gateway = Gateway(access, clock)
        try:
            async with made_context(tmp_path, clock=clock, gateways={"lab": gateway}) as context:
                context.estate.remember(await gateway.fast_poll())
                order = PowerIntent("lab", 101, "stop")
                async with recorded(context.writer) as change:
                    number = await intents.create(
                        change,
                        kind=KIND,
                        subject="guest:lab/101",
                        payload=order,
                        uid=1,
                        account="omar",
                    )
                    if state != "pending":
                        await intents.move(change, number, state)
                yield context, power_requests.build(context), server
        finally:
            await gateway.close()


async def carried_out(context: Context, part: PowerService) -> Intent:
    """The order once it is over, or nobody knows."""
    working = asyncio.create_task(part.run())
    try:
        async for _revision in context.bus.revisions(0):
            (intent,) = await INTENTS.read(context.writer)
            if intent.state in ("done", "failed", "unknown"):
                return intent
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    raise AssertionError("the bus never ends")


async def test_nobody_knows_while_neither_the_answer_nor_the_tasks_come(tmp_path: Path) -> None:
    async with ordered(tmp_path, {STOP: stub.hang_up(), TASKS: BROKEN}) as (context, part, _):
        intent = await carried_out(context, part)
        entries = await evidence.search(context.writer, evidence.Query())
    assert intent.state == "unknown"
    assert entries[0].kind == "guest.power.unknown"


async def test_an_order_left_half_way_is_unknown_where_its_cluster_is_silent(
    tmp_path: Path,
) -> None:
    async with ordered(tmp_path, {TASKS: BROKEN}, "doing") as (context, part, _):
        assert (await carried_out(context, part)).state == "unknown"


async def test_the_task_is_found_as_soon_as_the_cluster_tells(tmp_path: Path) -> None:
    asked = 0

    async def later(request: stub.Request, writer: asyncio.StreamWriter) -> bool:
        nonlocal asked
        asked += 1
        return await (stub.data(ROW) if asked > 3 else BROKEN)(request, writer)

    answers = {STOP: stub.hang_up(), TASKS: later, f"nodes/pve1/tasks/{UPID}/status": DONE}
    async with ordered(tmp_path, answers) as (context, part, server):
        intent = await carried_out(context, part)
    assert intent.state == "done"
    assert sum(request.path.endswith("/status/stop") for request in server.requests) == 1


async def test_an_order_of_a_cluster_that_is_no_more_ends(tmp_path: Path) -> None:
    for state, end in (("pending", "failed"), ("doing", "unknown")):
        directory = tmp_path / state
        directory.mkdir()
        async with ordered(directory, {}, state) as (context, part, _):
            context.gateways.pop("lab")  # type: ignore[attr-defined]  # a mapping to the daemon
            assert (await carried_out(context, part)).state == end


async def test_an_order_that_comes_while_the_daemon_starts_is_taken_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {
        STOP: stub.data(f'"{UPID}"'),
        TASKS: stub.data("[]"),
        f"nodes/pve1/tasks/{UPID}/status": DONE,
    }
    async with ordered(tmp_path, answers) as (context, part, server):
        part.orders.put(1)  # taken by the socket before the part looked at what was left
        assert (await carried_out(context, part)).state == "done"
    assert sum(request.path.endswith("/status/stop") for request in server.requests) == 1
    assert "broke off" not in capsys.readouterr().err


MOVED = stub.status(500, "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist")


async def test_a_guest_that_moved_since_the_poll_is_asked_where_it_is_now(tmp_path: Path) -> None:
    there = UPID.replace("pve1", "pve2")
    answers = {
        STOP: MOVED,
        "nodes/pve2/qemu/101/status/stop": stub.data(f'"{there}"'),
        f"nodes/pve2/tasks/{there}/status": DONE,
    }
    async with ordered(tmp_path, answers) as (context, part, server):
        server.answers["cluster/resources"] = stub.data(
            '[{"id":"qemu/101","type":"qemu","vmid":101,"node":"pve2","status":"running"}]'
        )
        intent = await carried_out(context, part)
    assert intent.state == "done"
    assert there in (intent.result or "")


async def test_the_same_order_is_refused_while_the_first_is_under_way(tmp_path: Path) -> None:
    """A second shutdown could only wait for the first one's lock, and fail."""
    omar = Caller(1, "omar", Role.OPERATOR)

    def asked(action: api.Power) -> Call[api.PowerOrder]:
        return Call(omar, api.PowerOrder(action), {"cluster": "lab", "vmid": "101"}, {})

    async with ordered(tmp_path, {}, "doing") as (context, part, _):
        with pytest.raises(Conflict, match=r"under way for this guest: stop \(ordered by omar at "):
            await part.power(asked("stop"))
        assert [row.id for row in await INTENTS.read(context.writer)] == [1]
        assert (await part.power(asked("shutdown"))).intent == 2
        async with recorded(context.writer) as change:
            await intents.move(change, 1, "unknown")
        # Nobody knows whether it was done: ordering it again is how to find out.
        assert (await part.power(asked("stop"))).intent == 3
