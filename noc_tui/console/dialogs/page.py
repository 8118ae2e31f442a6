"""A long text to read, none of it markup: `await app.push_screen_wait(PageDialog(title, text))`."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from noc_tui.console.dialogs.base import Dialog
from noc_tui.i18n import N_


class PageDialog(Dialog[None]):
    """Scrolled with the arrows, left with Escape."""

    DEFAULT_CSS = """
    PageDialog > Vertical { width: 95%; height: 90%; }
    PageDialog VerticalScroll { height: 1fr; }
    PageDialog VerticalScroll > Static { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "leave", N_("Back"), show=False, id="dialog.cancel"),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__(title)
        self._page = text

    def content(self) -> ComposeResult:
        with VerticalScroll(can_focus=True):
            yield Static(Content(self._page))

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
