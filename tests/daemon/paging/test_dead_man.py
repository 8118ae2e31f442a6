"""The dead man's signal against a real HTTP receiver: its pace, its end, and one that fails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from msgspec.structs import replace

from noc_tui.clock import SteppedClock
from noc_tui.config.values import OnCallConfig, Receiver
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.paging.pager import Pager
from storage.oncall import PAGES
from tests.daemon.paging.test_pager import Outside, alert, outside, put
from tests.support.context import made_context
from tests.support.waiting import patience, until

pytestmark = pytest.mark.anyio
EVERY = 60.0


@asynccontextmanager
async def alive(
    directory: Path, url: str, *receivers: Receiver
) -> AsyncIterator[tuple[Context, SteppedClock, asyncio.Task[None]]]:
    """A pager that runs, with nothing else of the daemon."""
    async with made_context(directory) as made:
        config = replace(
            made.config,
            oncall=OnCallConfig(receivers=receivers, dead_man_url=url, dead_man_every=EVERY),
        )
        context = Context(
            config, made.secrets, made.terms, made.clock, made.writer, made.gateways,
            made.estate, made.bus, made.logger,
        )  # fmt: skip
        assert isinstance(made.clock, SteppedClock)
        await put(context, alert())
        await Pager(context).queue()
        running = asyncio.create_task(Pager(context).run())
        try:
            yield context, made.clock, running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def arrived(there: Outside, clock: SteppedClock, number: int) -> None:
    """Wait until so many signals came and the next one waits for the clock."""
    await until(lambda: len(there.got) >= number and clock.waiting > 0)


async def test_it_is_sent_at_its_pace_and_stops_with_the_daemon(tmp_path: Path) -> None:
    async with outside() as there, alive(tmp_path, there.url) as (_context, clock, running):
        await arrived(there, clock, 1)
        await clock.advance(EVERY - 1)
        await asyncio.sleep(0.05)
        assert len(there.got) == 1
        await clock.advance(1)
        await arrived(there, clock, 2)
        assert {request.method for request in there.got} == {"GET"}
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await clock.advance(10 * EVERY)
        await asyncio.sleep(0.05)
        assert len(there.got) == 2


async def test_a_receiver_that_fails_is_asked_again(tmp_path: Path) -> None:
    async with outside() as there, outside() as elsewhere:

        async def broken(_request: web.Request) -> web.StreamResponse:
            return web.Response(status=500)

        async def away(_request: web.Request) -> web.StreamResponse:
            raise web.HTTPTemporaryRedirect(elsewhere.url)

        async def cut(request: web.Request) -> web.StreamResponse:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()

        async with alive(tmp_path, there.url) as (_context, clock, running):
            for number, answer in enumerate((broken, away, cut, there.fine), 1):
                there.answer = answer
                if number > 1:
                    await clock.advance(EVERY)
                await arrived(there, clock, number)
            assert not running.done()
            assert elsewhere.got == []


async def test_a_receiver_that_hangs_holds_up_no_telling(tmp_path: Path) -> None:
    hanging = asyncio.Event()
    async with outside() as there, outside() as good:

        async def never(_request: web.Request) -> web.StreamResponse:
            await hanging.wait()
            return web.Response()

        there.answer = never
        to = Receiver(name="good", kind="json", url=good.url)
        async with alive(tmp_path, there.url, to) as (context, _clock, _running):
            async with patience():
                async for _revision in context.bus.revisions(0):
                    if [page.state for page in await PAGES.read(context.writer)] == ["done"]:
                        break
            assert len(good.got) == len(there.got) == 1
            hanging.set()


async def test_an_answer_without_end_is_not_waited_for(tmp_path: Path) -> None:
    async with outside() as there:
        there.answer = there.endless
        async with alive(tmp_path, there.url) as (_context, clock, _running):
            for number in (1, 2):
                await arrived(there, clock, number)
                await clock.advance(EVERY)
