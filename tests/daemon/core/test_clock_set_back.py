"""The machine's clock is set back: what looks again after a while still does."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from noc_tui.clock import SteppedClock
from noc_tui.daemon.alerts.collect_inputs import InputCollector
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.refusals import Refusals
from storage.evidence import Query, search
from storage.register import TENANTS, Tenant
from tests.support.changes import recorded
from tests.support.context import START, made_context

pytestmark = pytest.mark.anyio
ACME = Tenant("acme", "Acme", "a@acme.example.fr", None, None, (), (), (), (), (), "none", "", ())


@pytest.fixture
async def context(tmp_path: Path) -> AsyncIterator[Context]:
    async with made_context(tmp_path, clock=SteppedClock(START)) as made:
        yield made


async def a_day_back_and_an_hour_on(context: Context) -> None:
    assert isinstance(context.clock, SteppedClock)
    context.clock.at -= timedelta(days=1)
    await context.clock.advance(3600)


async def test_what_is_counted_once_a_minute_is_counted_again(context: Context) -> None:
    collector = InputCollector(context)
    assert not (await collector.collect()).tenants
    async with recorded(context.writer) as change:
        await change.put(TENANTS, [ACME])
    await a_day_back_and_an_hour_on(context)
    assert set((await collector.collect()).tenants) == {"acme"}


async def test_refusals_are_told_again(context: Context) -> None:
    refusals = Refusals(context.writer, context.clock)

    async def refused(times: int) -> None:
        asked = (refusals.record(1001, "eve", "POST /v1/x", "no") for _ in range(times))
        await asyncio.gather(*asked)

    await refused(3)
    await a_day_back_and_an_hour_on(context)
    await refused(2)
    await refusals.settle(everything=True)
    payloads = [entry.payload for entry in await search(context.writer, Query())]
    first, more = '{"reason":"no","request":"POST /v1/x"}', '{"last":"POST /v1/x","more":%d}'
    assert sorted(map(str, payloads)) == sorted([first, more % 2, first, more % 1])
