"""The follower of the database: it reads on, or it says that it cannot."""

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noc_tui.config import Configuration, Database, Demo, Socket
from noc_tui.console.live import Live
from noc_tui.console.session import Session
from storage.database import Writer
from storage.times import micros
from tests.support.waiting import patience

pytestmark = pytest.mark.anyio
BEYOND = micros(datetime.max.replace(tzinfo=UTC)) + 10**12


async def test_what_nobody_foresaw_ends_the_following_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "noc.db"
    writer = await Writer.open(path, clock_now=lambda: datetime.now(UTC))
    await writer.close()
    with sqlite3.connect(path) as file:
        file.execute("UPDATE revision SET value = value + 1")
        file.execute("INSERT INTO shift VALUES (1, 0, ?, 'omar', 'lea', 1)", (BEYOND,))
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
