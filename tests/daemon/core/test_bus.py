"""The bus: the newest revision reaches every listener, and nobody is told twice."""

import asyncio

import pytest

from noc_tui.daemon.core.bus import Bus

pytestmark = pytest.mark.anyio


async def test_a_listener_that_was_away_gets_the_newest_alone() -> None:
    bus = Bus(3)
    revisions = bus.revisions(after=0)
    assert await anext(revisions) == 3
    bus.publish(4)
    bus.publish(9)
    assert await anext(revisions) == 9
    await revisions.aclose()
    assert bus.consoles == 0


async def test_the_daemons_own_parts_are_no_consoles() -> None:
    bus = Bus(3)
    part, console = bus.revisions(after=0), bus.revisions(after=0, console=True)
    await anext(part)
    assert bus.consoles == 0
    await anext(console)
    assert bus.consoles == 1
    await console.aclose()
    assert bus.consoles == 0
    await part.aclose()


async def test_an_older_revision_wakes_nobody() -> None:
    bus = Bus(5)
    revisions = bus.revisions(after=5)
    waiting = asyncio.ensure_future(anext(revisions))
    await asyncio.sleep(0)
    bus.publish(4)
    await asyncio.sleep(0)
    assert not waiting.done()
    bus.publish(6)
    assert await waiting == 6
    await revisions.aclose()
