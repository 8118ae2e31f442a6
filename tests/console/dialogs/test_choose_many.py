"""Some of several: what was taken counts, however fast the keys come."""

import pytest
from textual import events
from textual.app import App

from noc_tui.console.dialogs.choose_many import ChooseMany

pytestmark = pytest.mark.anyio


async def test_a_space_counts_when_enter_comes_in_the_same_burst() -> None:
    taken: list[list[str] | None] = []
    app: App[None] = App()
    async with app.run_test() as pilot:
        await app.push_screen(ChooseMany("Which?", [("a", "first"), ("b", "second")]), taken.append)
        await pilot.pause()
        for key, character in (("space", " "), ("enter", "\r")):
            app.post_message(events.Key(key, character))
        await pilot.pause()
        await app.workers.wait_for_complete()
    assert taken == [["a"]]
