"""The follower of the database: it reads on, or it says that it cannot."""

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noc_tui.config import Configuration, Database, Demo, Socket
from noc_tui.console import live as live_reading
from noc_tui.console.live import Live
from noc_tui.console.session import Session
from storage.database import Writer
from tests.support.waiting import patience

pytestmark = pytest.mark.anyio


async def test_what_nobody_foresaw_ends_the_following_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unforeseen(_db: object, _now: object) -> None:
        raise OverflowError("nobody foresaw it")

    monkeypatch.setattr(live_reading, "duty", unforeseen)
    path = tmp_path / "noc.db"
    writer = await Writer.open(path, clock_now=lambda: datetime.now(UTC))
    await writer.close()
    with sqlite3.connect(path) as file:
        file.execute("UPDATE revision SET value = value + 1")
    file.close()
    config = Configuration(
        database=Database(path=path),
        socket=Socket(path=tmp_path / "s"),
        demo=Demo(account=os.getuid()),
    )
    live = Live(Session.of(config), lambda _message: None)
    try:
        with pytest.raises(ExceptionGroup) as broken:
            async with patience():
                await live.run()
    finally:
        await live.close()
    assert broken.group_contains(OverflowError)
