"""The end of an order is told once, also where two looks at the database overlap."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noc_tui.console.orders import Orders
from storage import intents
from storage.database import Writer
from tests.support.changes import recorded

pytestmark = pytest.mark.anyio


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[Writer]:
    now = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
    opened = await Writer.open(tmp_path / "noc.db", clock_now=lambda: now)
    yield opened
    await opened.close()


async def over(writer: Writer, number: int) -> int:
    async with recorded(writer) as change:
        made = await intents.create(
            change,
            kind="guest.snapshot",
            subject=f"guest:lab/{number}",
            payload={},
            uid=1,
            account="omar",
        )
        await intents.move(change, made, "doing")
        await intents.move(change, made, "done", {"said": f"guest {number}"})
    return made


async def test_each_end_is_told_once_by_looks_that_overlap(writer: Writer) -> None:
    orders = Orders()
    for number in (101, 102, 103):
        orders.follow(await over(writer, number), f"Snapshot of {number}")
    looks = await asyncio.gather(*(orders.collect_ended(writer) for _look in range(3)))
    told = [end.title for look in looks for end in look]
    assert sorted(told) == ["Snapshot of 101", "Snapshot of 102", "Snapshot of 103"]
    assert not orders.any_open
