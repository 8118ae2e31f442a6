"""`nocd` verifies its own record by itself, and never goes on silently."""

import asyncio
import shutil
from pathlib import Path

import pytest

from noc_tui.clock import SteppedClock
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.evidence.record_watch import DAMAGED, RecordWatch
from storage import evidence, heads
from storage.heads import SigningKey
from storage.verdict import Verdict
from tests.forgeries.rows import forge, sql
from tests.storage.conftest import OMAR
from tests.support.context import made_context
from tests.support.waiting import asleep, until

pytestmark = pytest.mark.anyio


async def told(context: Context) -> list[str]:
    found = await evidence.search(context.writer, evidence.Query(kind=DAMAGED))
    return [one.payload or "" for one in found]


async def lived(context: Context) -> SigningKey:
    key = SigningKey.generate()
    async with context.writer.change(OMAR) as change:
        await heads.use_key(change, key)
        await change.record("incident.note", ["tenant:acme"], {})
    async with context.writer.change(OMAR) as change:
        await heads.sign_head(change, key)
    return key


async def test_a_forged_row_is_noticed_and_recorded_once(context: Context) -> None:
    await lived(context)
    watch = RecordWatch(context)
    assert (await watch.look()).verdict is Verdict.INTACT
    forge(context.writer.path, sql("UPDATE tenant_amount SET amount = '1.00'"))
    assert (await watch.look()).verdict is watch.verdict is Verdict.ALTERED_ROWS
    await watch.look()
    (payload,) = await told(context)
    assert "tenant_amount" in payload


async def test_a_nocd_without_its_key_pages(tmp_path: Path) -> None:
    """What it writes is signed by nobody, and it cannot say so by itself later."""
    async with made_context(tmp_path) as context:
        await lived(context)
    async with made_context(tmp_path) as context:
        async with context.writer.change(OMAR) as change:
            await change.record("incident.note", ["tenant:acme"], {})
        watch = RecordWatch(context)
        assert (await watch.look()).verdict is watch.verdict is Verdict.UNSIGNED
        assert await watch.read_verdict(context.writer) == "unsigned"
        assert len(await told(context)) == 1


async def test_it_waits_for_a_poll_and_looks_again_each_night(
    context: Context, clock: SteppedClock
) -> None:
    await lived(context)
    watch = RecordWatch(context)
    running = asyncio.create_task(watch.run())
    await asyncio.sleep(0)
    assert not clock.waiting
    watch.polled()
    await asleep(clock)
    forge(context.writer.path, sql("UPDATE tenant_amount SET amount = '1.00'"))
    assert not await told(context)
    await clock.advance(24 * 3600)
    await until(lambda: told(context))
    assert watch.verdict is Verdict.ALTERED_ROWS
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_another_database_in_its_place_is_noticed(context: Context, tmp_path: Path) -> None:
    """What the machine knew before is kept beside the signing key."""
    key = await lived(context)
    watch = RecordWatch(context)
    before = tmp_path / "before.db"
    shutil.copy(context.writer.path, before)
    async with context.writer.change(OMAR) as change:
        await change.record("incident.note", ["tenant:acme"], {})
    async with context.writer.change(OMAR) as change:
        await heads.sign_head(change, key)
    await watch.look()
    known = context.config.database.path.with_name("evidence.key.head")
    assert known.stat().st_mode & 0o777 == 0o600
    forge(
        context.writer.path,
        sql(
            "DELETE FROM evidence_payload WHERE seq > 2",
            "DELETE FROM evidence_subject WHERE seq > 2",
            "DELETE FROM evidence WHERE seq > 2",
            "DELETE FROM evidence_head",
        ),
    )
    assert (await watch.look()).verdict is Verdict.TRUNCATED
