"""Files of the database that somebody removes or moves while `nocd` runs: told, and put back."""

from pathlib import Path

import pytest

from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.database.service import DatabaseWatch
from storage import errors, files
from tests.daemon.database.test_interruption import made_estate

pytestmark = pytest.mark.anyio


async def test_a_removed_log_is_noticed_before_anything_is_written_and_put_back(
    tmp_path: Path,
) -> None:
    async with made_estate(tmp_path) as estate:
        context, watch = estate.context, DatabaseWatch(estate.context)
        path = context.config.database.path
        files.sidecar(path, "-wal").unlink()
        await watch.look()
        interruption = context.failures.interruption
        assert interruption is not None
        assert interruption.kind == "moved"
        assert context.writer.trouble is None
        assert files.sidecar(path, "-wal").exists()


async def test_a_file_that_was_moved_is_told_until_it_is_back(tmp_path: Path) -> None:
    async with made_estate(tmp_path) as estate:
        context, watch = estate.context, DatabaseWatch(estate.context)
        path = context.config.database.path
        away = path.with_name("away")
        path.rename(away)
        for _ in range(2):
            await watch.look()
            assert context.writer.trouble is not None
            with pytest.raises(errors.MovedError):
                async with context.writer.change(itself()):
                    pytest.fail("nothing is written to a file that nobody finds")
        away.rename(path)
        await watch.look()
        assert context.writer.trouble is None
