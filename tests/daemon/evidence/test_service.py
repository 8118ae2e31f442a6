"""The daemon's keeping of the evidence, over a real database."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from noc_tui.clock import SteppedClock
from noc_tui.config.values import AnchorConfig
from noc_tui.config.values import EvidenceConfig as Settings
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.evidence import service as part
from noc_tui.daemon.evidence.service import EvidenceService
from storage import heads
from storage.evidence import Actor
from storage.heads import Head
from storage.verdict import Verdict
from storage.verify import verify
from tests.daemon.paging.test_pager import outside
from tests.support.context import made_context
from tests.support.waiting import asleep, until

pytestmark = pytest.mark.anyio
OMAR = Actor(1001, "omar")
NO_HEAD = Head(0, "", "", "", "")


@asynccontextmanager
async def running(
    directory: Path, settings: Settings, *, anchor: AnchorConfig | None = None
) -> AsyncIterator[tuple[Context, EvidenceService]]:
    """The part at work, on a clock that a test moves."""
    async with made_context(directory) as made:
        config = msgspec.structs.replace(
            made.config, evidence=settings, anchor=anchor or AnchorConfig()
        )
        context = Context(
            config, made.secrets, made.terms, made.clock, made.writer, made.gateways,
            made.estate, made.bus, made.logger,
        )  # fmt: skip
        built = part.build(context)
        task = asyncio.create_task(built.run())
        try:
            yield context, built
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def note(context: Context, kind: str = "mail.queued") -> None:
    async with context.writer.change(OMAR) as change:
        await change.record(kind, ["tenant:acme"], {"text": "x"})


async def until_asleep(context: Context) -> None:
    """Let the part finish its round: it waits on the clock when it has."""
    assert isinstance(context.clock, SteppedClock)
    await asleep(context.clock)


async def is_covered(context: Context, count: int) -> bool:
    """Whether a head covers so many entries."""
    return (await heads.last_head(context.writer) or NO_HEAD).count >= count


async def covered(context: Context, count: int) -> None:
    """Wait until a head covers so many entries; no time passes on the daemon's clock."""
    await until(lambda: is_covered(context, count))


async def played(context: Context, count: int) -> None:
    """Let the daemon's time pass until a head covers so many entries."""
    clock = context.clock
    assert isinstance(clock, SteppedClock)
    await until(lambda: is_covered(context, count), meanwhile=lambda: clock.advance(1))


async def next_round(context: Context, seconds: float) -> None:
    assert isinstance(context.clock, SteppedClock)
    await context.clock.advance(seconds)
    await until_asleep(context)


async def test_heads_are_signed_on_schedule_and_copied_outside(tmp_path: Path) -> None:
    outside = tmp_path / "heads"
    settings = Settings(sign_every=60, anchor_file=outside)
    async with running(tmp_path, settings) as (context, built):
        await covered(context, 1)
        assert built.signer.key_file().stat().st_mode & 0o777 == 0o600
        await note(context)
        await played(context, 2)
        lines = await until(lambda: outside.read_text().splitlines(), lambda found: len(found) > 1)
        kept = [msgspec.json.decode(line, type=Head) for line in lines]
        assert [head.count for head in kept] == [1, 2]
        async with context.writer.snapshot() as db:
            assert await heads.last_head(db) == kept[-1]
    report = verify(context.config.database.path, kept)
    assert (report.verdict, report.heads) == (Verdict.INTACT, 5)


async def test_a_key_is_kept_over_a_restart(tmp_path: Path) -> None:
    for _ in range(2):
        async with running(tmp_path, Settings()) as (context, _built):
            await until_asleep(context)
            await note(context)
    assert verify(context.config.database.path).verdict is Verdict.INTACT


async def test_a_key_that_cannot_even_be_looked_for_leaves_the_daemon_working(
    tmp_path: Path,
) -> None:
    """As in a folder that the daemon may not enter."""
    async with running(tmp_path, Settings(key_file=tmp_path / ("k" * 300))) as (context, _built):
        await until_asleep(context)
        await note(context)
        assert await heads.last_head(context.writer) is None


@pytest.mark.parametrize("answer", ["fine", "endless"])
async def test_each_head_is_posted_to_another_machine(tmp_path: Path, answer: str) -> None:
    async with outside() as there:
        there.answer = getattr(there, answer)
        settings = Settings(sign_every=60, anchor_url=there.url)
        async with running(tmp_path, settings) as (context, _built):
            await until_asleep(context)
            await covered(context, 1)
            await note(context)
            await played(context, 2)
            await until(lambda: len(there.bodies) >= 2)
        heads_there = [msgspec.json.decode(body, type=Head) for body in there.bodies]
        assert [head.count for head in heads_there] == [1, 2]
        assert verify(context.config.database.path, heads_there).verdict is Verdict.INTACT
