"""Before anything was read no screen says that there is nothing, and no figure is zero."""

import asyncio
import re
from pathlib import Path

import pytest

from noc_tui import i18n
from noc_tui.console.modes import MODES
from noc_tui.console.references import TenantRef
from noc_tui.console.screen import Fresh, NocScreen
from storage.reader import Reader
from tests.console import busy_estate, estate
from tests.console.conftest import app_on, console, shown, until

pytestmark = pytest.mark.anyio
DENIALS = re.compile(
    r"Aucun|Pas encore|[Rr]ien |: 0\b|\b0 sur|· 0\b|n’a pas|calme|pas de |aucune? ", re.MULTILINE
)
WITHOUT_TABLE = {"scope"}
"""Nothing has to be read for it: it waits for a ticket."""


async def test_every_mode_says_that_it_is_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    i18n.use("fr")
    await busy_estate.write(estate.configuration(tmp_path).database.path)
    may_read = asyncio.Event()
    whole = NocScreen._fresh

    async def held_up(self: NocScreen[object], reader: Reader) -> Fresh:
        await may_read.wait()
        return await whole(self, reader)

    async with console(tmp_path, size=(120, 40)) as (app, pilot, _nocd):
        monkeypatch.setattr(NocScreen, "_fresh", held_up)
        for mode in MODES[1:]:
            await pilot.press(mode.key)
            if mode.id in WITHOUT_TABLE:
                continue
            await until(pilot, lambda: "lecture …" in shown(app))
            app._tick()
            await pilot.pause()
            assert "lecture …" in shown(app), "a second more makes it no emptier"
            said = "\n".join(shown(app).splitlines()[2:])
            assert DENIALS.search(said) is None, f"{mode.id}:\n{said}"
        app.open(TenantRef("acme"))
        await until(pilot, lambda: app.screen.query("#contract"))
        assert DENIALS.search("\n".join(shown(app).splitlines()[2:])) is None
        may_read.set()


async def test_the_header_has_no_figure_before_the_first_read(tmp_path: Path) -> None:
    i18n.use("en")
    app = app_on(tmp_path / "none.db", tmp_path / "s")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "▲ …" in shown(app)
        assert "to triage" not in shown(app)
