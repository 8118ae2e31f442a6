"""Sizes that come faster than a screen can be laid out."""

from asyncio import Event
from unittest.mock import Mock, patch

import pytest
from textual.app import App, ComposeResult
from textual.events import Resize
from textual.geometry import Size
from textual.screen import ModalScreen, Screen
from textual.widgets import Label

from noc_tui.console.dialogs.base import Dialog
from noc_tui.console.screen import NocScreen
from noc_tui.console.shell.help import Help
from noc_tui.console.shell.palette import Palette
from widgets.terminal_size import TerminalSized

pytestmark = pytest.mark.anyio
MOST = 20


class Counted(TerminalSized, Screen[None]):
    """Counts its layouts, and gives up where there is no end to them."""

    layouts = 0

    def compose(self) -> ComposeResult:
        yield Label("rennes")

    def _screen_resized(self, size: Size) -> None:
        self.layouts += 1
        if self.layouts < MOST:
            super()._screen_resized(size)


class Only(App[None]):
    """An app with nothing but that screen."""

    def get_default_screen(self) -> Counted:
        return Counted()


async def test_two_sizes_at_once_are_not_laid_out_by_turns_for_ever() -> None:
    app = Only()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, Counted)
        screen.layouts = 0
        with app.batch_update():  # as while modes are switched: each layout is drawn later
            for width, height in ((80, 50), (80, 2)):
                screen.post_message(Resize(Size(width, height), Size(width, height)))
                screen.call_later(lambda: None)  # two sizes in a row are taken for one
            heard = Event()
            screen.call_later(heard.set)
            await heard.wait()
        await pilot.pause()
        assert screen.layouts < MOST
        assert screen.size == app.size


async def test_the_terminal_s_last_size_is_laid_out() -> None:
    app = Only()
    async with app.run_test(size=(100, 30)) as pilot:
        screen = app.screen
        await pilot.resize_terminal(60, 12)
        await pilot.pause()
        assert screen.size == Size(60, 12)


class Broken(Counted):
    """Notes which classes it has when its widgets are made."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (90, "-wide"), (150, "-broad")]  # noqa: RUF012 -- as Textual declares it
    VERTICAL_BREAKPOINTS = [(0, "-low"), (40, "-tall")]  # noqa: RUF012 -- as Textual declares it
    noted: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        self.noted = self.classes
        yield from super().compose()


async def test_classes_of_the_size_are_there_before_the_widgets() -> None:
    app = Only()
    async with app.run_test(size=(100, 30)) as pilot:
        screen = Broken()
        await app.push_screen(screen)
        await pilot.pause()
        assert screen.noted == screen.classes == {"-wide", "-low"}
        await pilot.resize_terminal(160, 50)
        await pilot.pause()
        assert screen.classes == {"-broad", "-tall"}


async def test_within_a_batch_nothing_is_drawn_and_all_of_it_after() -> None:
    app = Only()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        screen, drawn = app.screen, Mock()
        with patch.object(screen._compositor, "render_update", drawn):
            with app.batch_update():
                screen._screen_resized(Size(100, 30))
                assert not drawn.called
            screen.refresh()
            await pilot.pause()
            assert drawn.called


@pytest.mark.parametrize("kind", [NocScreen, Dialog, Help, Palette])
def test_every_screen_of_the_console_is_one(kind: type[Screen[None]]) -> None:
    names = [one.__name__ for one in kind.__mro__]
    assert names.index("TerminalSized") < names.index("Screen")
    assert issubclass(kind, ModalScreen) == (kind is not NocScreen)
