"""A page says its keys; Enter goes on from it and Escape does not."""

from pathlib import Path

import pytest

from noc_tui.console.dialogs.page import PageDialog
from tests.console.conftest import console, shows, until

pytestmark = pytest.mark.anyio


async def test_enter_goes_on_and_escape_does_not(tmp_path: Path) -> None:
    answers: list[bool | None] = []
    async with console(tmp_path, size=(80, 24)) as (app, pilot, _nocd):
        for key in ("enter", "escape"):
            app.push_screen(
                PageDialog("The plan", "line\n" * 60, onward="approve or not"),
                answers.append,
            )
            await shows(pilot, "Esc closes · ⏎: approve or not")
            await pilot.press(key)
            await until(pilot, lambda: not isinstance(app.screen, PageDialog))
    assert answers == [True, None]
