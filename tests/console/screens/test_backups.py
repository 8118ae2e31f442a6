"""The page of backups: datastores above, guests whose backups are in trouble below."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui import i18n
from noc_tui.console.app import NocApp
from noc_tui.console.screens.guests.detail import GuestDetail
from noc_tui.daemon.core.identity import itself
from noc_tui.threads import in_thread
from storage.backups import BACKUPS, Backup
from storage.database import Writer
from storage.datastores import DATASTORES, Datastore
from tests.console import estate
from tests.console.conftest import console, cursor_to, shows, until
from tests.console.estate import NOW
from tests.support.commands import call_command
from widgets.live_table import LiveTable

pytestmark = pytest.mark.anyio
Frame = Callable[[NocApp, str], None]
STORE = Datastore(
    server="pbs", datastore="backup", namespace="rennes", site="dc2", total=1 << 44,
    used=(1 << 44) * 92 // 100, collection="failed", collected_at=NOW - timedelta(hours=5),
    collection_said="datastore is locked", verification="ok",
    verified_at=NOW - timedelta(hours=4), verification_said="OK",
)  # fmt: skip
OTHER = replace(
    STORE, server="pbs-2", namespace="", used=None, collection="unread", collected_at=None,
    collection_said="", verification="none", verified_at=None,
)  # fmt: skip


async def write_backups(path: Path) -> None:
    await estate.write(path)
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        async with writer.change(itself()) as change:
            await change.put(DATASTORES, [STORE, OTHER])
            doubtful = Backup(
                "rennes", 101, "pbs", "dc2", "doubtful", None, None, None, 0, None,
                doubt="name other-[client]-db",
            )  # fmt: skip
            failed = Backup(
                "rennes", 102, "pbs", "dc2", "failed", NOW - timedelta(days=3), 1, True, 4,
                "job failed with err -110",
            )  # fmt: skip
            await change.put(BACKUPS, [doubtful, failed])
    finally:
        await writer.close()


@pytest.mark.parametrize(("size", "language"), [((80, 24), "fr"), ((120, 40), "en")])
async def test_datastores_and_guests_in_trouble(
    tmp_path: Path, same_frame: Frame, size: tuple[int, int], language: i18n.Language
) -> None:
    i18n.use(language)
    await write_backups(estate.configuration(tmp_path).database.path)
    suffix = f"{size[0]}x{size[1]}" + ("" if language == "en" else f"-{language}")
    async with console(tmp_path, size=size) as (app, pilot, _nocd):
        await pilot.press("b")
        await shows(pilot, "pbs-2")
        table = app.screen.query_one("#troubled", LiveTable)
        await cursor_to(pilot, table, "rennes/101 pbs")
        same_frame(app, f"backups-{suffix}")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, GuestDetail))


async def test_the_command_says_the_same(tmp_path: Path) -> None:
    database = estate.configuration(tmp_path).database.path
    await write_backups(database)
    config = tmp_path / "console.toml"
    config.write_text(
        f'[database]\npath = "{database}"\n[socket]\npath = "{tmp_path / "nocd.sock"}"\n'
    )
    called = await in_thread(
        call_command, ["--lang", "en", "--config", str(config), "backups", "list"]
    )
    assert called.code == 0, called.err
    assert "✖ failed" in called.out
    assert "datastore is locked" in called.out
    assert "its notes name another guest: other-[client]-db" in called.out
