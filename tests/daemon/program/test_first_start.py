"""A database that was just made is no emptied one, also where no cluster is ever reached."""

from pathlib import Path

import pytest

from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.program.bootstrap import MADE, record_start
from storage import settings
from storage.row_sums import read_state
from storage.tables import revision
from storage.verdict import Verdict
from storage.verify import verify
from tests.support.context import made_context

pytestmark = pytest.mark.anyio


async def test_a_new_database_begins_with_an_entry_and_later_starts_add_none(
    tmp_path: Path,
) -> None:
    for _start in range(2):
        async with made_context(tmp_path) as context:
            await record_start(context)
            path = context.config.database.path
    report = verify(path)
    assert report.verdict is not Verdict.EMPTY, report.reason
    async with made_context(tmp_path) as context:
        assert (await kinds_of(context)).count(MADE) == 1


async def kinds_of(context: Context) -> list[str]:
    return [kind for (kind,) in await context.writer.rows("SELECT kind FROM evidence")]


async def test_whoever_dies_after_the_first_change_leaves_nothing_unsigned(tmp_path: Path) -> None:
    async with made_context(tmp_path) as context:
        await record_start(context)
        found = await read_state(context.writer)
        assert found is None or found.revision == await revision(context.writer)
        async with context.writer.change(itself()) as change:
            await settings.put_clock(change, settings.ClockNumbers())
        path = context.config.database.path
    async with made_context(tmp_path) as context:  # killed: nothing was said at its end
        await record_start(context)
        found = await read_state(context.writer)
        assert found is not None
        assert (found.fault, found.revision) == (0, await revision(context.writer))
    assert verify(path).verdict is Verdict.INTACT


async def test_a_database_that_was_written_before_is_not_said_to_be_new(tmp_path: Path) -> None:
    async with made_context(tmp_path) as context:
        async with context.writer.change(itself()) as change:
            await settings.put_clock(change, settings.ClockNumbers())
        await record_start(context)
        assert MADE not in await kinds_of(context)
