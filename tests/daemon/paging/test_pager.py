"""Paging against real HTTP receivers: dead, slow, failing, redirecting, and one that works."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from msgspec.structs import replace

from noc_tui.clock import SteppedClock
from noc_tui.config import Secret, Secrets
from noc_tui.config.values import OnCallConfig, Receiver
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.paging import webhook
from noc_tui.daemon.paging.pager import Pager
from storage import oncall
from storage.oncall import ALERTS, PAGES, Alert
from storage.verdict import Verdict
from storage.verify import verify
from tests.support.changes import recorded
from tests.support.context import START, made_context
from tests.support.served import served_on_loopback
from tests.support.waiting import patience

pytestmark = pytest.mark.anyio
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def alert(name: str = "node:rennes/pve1", **changes: object) -> Alert:
    base = Alert(
        f"node:{name}", "node", "critical", "cluster:rennes", name, "", ("name=pve1", "status=off"),
        None, "open", START, 1, None, None, "", "", None, "", None,
    )  # fmt: skip
    return replace(base, **changes)


class Outside:
    """A receiver of webhooks that keeps what it gets and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[web.Request] = []
        self.bodies: list[bytes] = []
        self.answer: Handler = self.fine
        self.url = ""
        self.came = asyncio.Condition()

    async def fine(self, _request: web.Request) -> web.StreamResponse:
        return web.Response()

    async def endless(self, request: web.Request) -> web.StreamResponse:
        """An answer whose body never ends, as of a stream of events."""
        stream = web.StreamResponse()
        await stream.prepare(request)
        while True:
            await stream.write(b":\n\n")
            await asyncio.sleep(0.05)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.got.append(request)
        self.bodies.append(await request.read())
        async with self.came:
            self.came.notify_all()
        return await self.answer(request)

    async def has_got(self, number: int) -> None:
        """Wait for so many requests."""
        async with patience(), self.came:
            await self.came.wait_for(lambda: len(self.bodies) >= number)


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    made = Outside()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.handle)
    async with served_on_loopback(app) as url:
        made.url = f"{url}/hook"
        yield made


@asynccontextmanager
async def pager(
    directory: Path, *receivers: Receiver, key: str | None = None
) -> AsyncIterator[tuple[Pager, Context, SteppedClock]]:
    secrets = Secrets(webhook_keys={} if key is None else {"duty": Secret(key)})
    async with made_context(directory, secrets=secrets) as made:
        config = replace(made.config, oncall=OnCallConfig(receivers=receivers, escalate_after=600))
        context = Context(
            config, made.secrets, made.terms, made.clock, made.writer, made.gateways,
            made.estate, made.bus, made.logger,
        )  # fmt: skip
        assert isinstance(made.clock, SteppedClock)
        yield Pager(context), context, made.clock


async def put(context: Context, *alerts: Alert) -> None:
    async with recorded(context.writer) as change:
        await change.put(ALERTS, alerts)


async def send_due(made: Pager, context: Context) -> None:
    """One round over what is due, as the pager's loops make it."""
    receivers = {one.name: one for one in context.config.oncall.receivers}
    async with webhook.client() as http:
        for page in await oncall.pages_due(context.writer, context.clock.now()):
            await made.send(http, receivers[page.receiver], page)


async def test_a_telling_is_signed_and_told_once(tmp_path: Path) -> None:
    async with outside() as there:
        to = Receiver(name="duty", kind="json", url=there.url)
        async with pager(tmp_path, to, key="k3y") as (made, context, clock):
            await put(context, alert())
            for _ in range(3):
                await made.queue()
                await send_due(made, context)
            (request,), (body,) = there.got, there.bodies
            assert request.headers["X-Noc-Signature"] == webhook.signature("k3y", body)
            told = json.loads(body)
            assert (told["state"], told["severity"]) == ("open", "critical")
            assert request.headers["X-Noc-Delivery"] == told["id"]
            await put(context, alert(state="resolved", resolved_at=START))
            await clock.advance(900)
            restarted = Pager(context)  # which was told of no change
            for _ in range(2):
                await restarted.queue()
                await send_due(restarted, context)
            assert [json.loads(one)["state"] for one in there.bodies] == ["open", "resolved"]
        assert verify(context.config.database.path).verdict is Verdict.INTACT


async def test_what_comes_back_at_once_was_never_told_to_be_over(tmp_path: Path) -> None:
    """Else a receiver would hold for over what lasts, since a flap is not told anew."""
    async with outside() as there:
        to = Receiver(name="duty", kind="json", url=there.url)
        async with pager(tmp_path, to) as (made, context, clock):

            async def told() -> list[str]:
                await made.queue()
                await send_due(made, context)
                return [json.loads(one)["state"] for one in there.bodies]

            await put(context, alert())
            assert await told() == ["open"]
            await clock.advance(300)
            await put(context, alert(state="resolved", resolved_at=clock.now()))
            await clock.advance(300)
            assert await told() == ["open"]
            await put(context, alert(raised=2))
            await clock.advance(3600)
            assert await told() == ["open"]
            await put(context, alert(state="resolved", raised=2, resolved_at=clock.now()))
            await clock.advance(900)
            assert await told() == ["open", "resolved"]


async def test_a_failing_receiver_gets_the_same_telling_again_until_it_takes_it(
    tmp_path: Path,
) -> None:
    async with outside() as there:

        async def broken(_request: web.Request) -> web.StreamResponse:
            return web.Response(status=500)

        there.answer = broken
        to = Receiver(name="duty", kind="json", url=there.url)
        async with pager(tmp_path, to) as (made, context, clock):
            await put(context, alert())
            await made.queue()
            for _ in range(3):
                await send_due(made, context)
                await clock.advance(700)
                await made.queue()
            there.answer = there.fine
            await send_due(made, context)
            await clock.advance(700)
            await send_due(made, context)
            assert len({request.headers["X-Noc-Delivery"] for request in there.got}) == 1
            assert len(there.got) == 4
            (page,) = await PAGES.read(context.writer)
            assert (page.state, page.attempts) == ("done", 4)


async def test_what_a_clock_far_ahead_put_off_is_told_once_it_is_set_right(tmp_path: Path) -> None:
    async with outside() as there:

        async def broken(_request: web.Request) -> web.StreamResponse:
            return web.Response(status=500)

        there.answer = broken
        to = Receiver(name="duty", kind="json", url=there.url)
        async with pager(tmp_path, to) as (made, context, clock):
            clock.at += timedelta(days=3650)
            await put(context, alert())
            await made.queue()
            await send_due(made, context)
            clock.at = START
            for _ in range(9):
                await send_due(made, context)
                assert not await oncall.pages_due(context.writer, clock.at)
                clock.at += timedelta(minutes=10)
            assert len(there.got) == 10


async def test_no_redirect_is_followed(tmp_path: Path) -> None:
    async with outside() as there, outside() as elsewhere:

        async def away(_request: web.Request) -> web.StreamResponse:
            raise web.HTTPTemporaryRedirect(elsewhere.url)

        there.answer = away
        to = Receiver(name="duty", kind="json", url=there.url)
        async with pager(tmp_path, to) as (made, context, _clock):
            await put(context, alert())
            await made.queue()
            await send_due(made, context)
            assert elsewhere.got == []
            (page,) = await PAGES.read(context.writer)
            assert page.state == "queued"
            assert "redirected, which is not followed" in page.answer


async def test_a_dead_or_slow_receiver_holds_up_nobody_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_SECONDS", 2.0)
    async with outside() as slow, outside() as good:
        hanging = asyncio.Event()

        async def never(_request: web.Request) -> web.StreamResponse:
            await hanging.wait()
            return web.Response()

        slow.answer = never
        receivers = [
            Receiver(name="dead", kind="json", url="http://127.0.0.1:9/"),
            Receiver(name="slow", kind="json", url=slow.url),
            Receiver(name="good", kind="chat", url=good.url),
        ]
        async with pager(tmp_path, *receivers) as (made, context, _clock):
            await put(context, alert())
            await made.queue()
            running = asyncio.create_task(made.run())
            async with patience():
                async for _revision in context.bus.revisions(0):
                    pages = await PAGES.read(context.writer)
                    if all(page.attempts and page.state != "sending" for page in pages):
                        break
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            hanging.set()
            states = {page.receiver: page.state for page in await PAGES.read(context.writer)}
            assert states == {"dead": "queued", "slow": "unknown", "good": "done"}


async def test_the_next_level_is_told_when_nobody_acknowledges(tmp_path: Path) -> None:
    receivers = [
        Receiver(name="first", kind="json", url="http://127.0.0.1:9/"),
        Receiver(name="second", kind="json", url="http://127.0.0.1:9/", level=1),
        Receiver(name="third", kind="json", url="http://127.0.0.1:9/", level=2),
    ]
    async with pager(tmp_path, *receivers) as (made, context, clock):
        await put(context, alert())
        await made.queue()
        assert {page.receiver for page in await PAGES.read(context.writer)} == {"first"}
        await clock.advance(601)
        await made.queue()
        assert {page.receiver for page in await PAGES.read(context.writer)} == {"first", "second"}
        await put(
            context,
            alert(acknowledged_at=START, acknowledged_by="omar", acknowledged_severity="critical"),
        )
        await clock.advance(timedelta(hours=1).total_seconds())
        await made.queue()
        assert {page.receiver for page in await PAGES.read(context.writer)} == {"first", "second"}


async def test_chat_text_calls_nobody_together(tmp_path: Path) -> None:
    async with outside() as there:
        to = Receiver(name="duty", kind="chat", url=there.url)
        async with pager(tmp_path, to) as (made, context, _clock):
            await put(context, alert(words=("name=@all <!channel>", "status=x")))
            await made.queue()
            await send_due(made, context)
            text = json.loads(there.bodies[0])["text"]
            assert "@all" not in text
            assert "<!channel" not in text
