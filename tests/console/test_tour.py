"""The tour opens once, turns its cards, and any other key leaves it."""

from pathlib import Path

import pytest

from noc_tui import i18n
from noc_tui.console.app import NocApp
from noc_tui.console.session import Session
from noc_tui.console.shell.tour import CARDS, Tour
from tests.console import estate
from tests.console.conftest import console, shows, until

pytestmark = pytest.mark.anyio


async def test_the_help_shows_it_and_any_key_leaves(tmp_path: Path) -> None:
    i18n.use("fr")
    async with console(tmp_path, size=(80, 24)) as (app, pilot, _nocd):
        await pilot.press("question_mark", "t")
        await shows(pilot, f"1/{len(CARDS)} · Une console pour l’équipe de nuit")
        await pilot.press("enter", "right", "left")
        await shows(pilot, f"2/{len(CARDS)} · ")
        await pilot.press("7")
        await until(pilot, lambda: not isinstance(app.screen, Tour))
        assert app.current_mode == "overview", "the key that leaves does nothing else"


async def test_it_opens_by_itself_the_first_time_alone(tmp_path: Path) -> None:
    config = estate.configuration(tmp_path)
    await estate.write(config.database.path)
    assert await _toured(NocApp(Session.of(config), tour=True))
    assert not await _toured(NocApp(Session.of(config), tour=True))


async def _toured(app: NocApp) -> bool:
    """Whether the tour opens by itself; it is gone through to its end."""
    expected = "Clusters" if app.habits.known.toured else f"1/{len(CARDS)}"
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, expected)
        await pilot.pause()
        opened = isinstance(app.screen, Tour)
        await pilot.press(*["enter"] * len(CARDS) * opened)
        await until(pilot, lambda: not isinstance(app.screen, Tour))
        return opened
