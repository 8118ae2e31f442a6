"""A long text to read: `await app.push_screen_wait(Page(title, text))`. Nothing in it is markup."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from noc_tui.console.dialogs.base import DIALOG_CSS
from noc_tui.i18n import N_


class Page(ModalScreen[None]):
    """Scrolled with the arrows, left with Escape."""

    DEFAULT_CSS = (
        DIALOG_CSS.format(name="Page")
        + "Page > Vertical { width: 95%; height: 90%; } Page VerticalScroll { height: 1fr; }"
        + "Page VerticalScroll > Static { height: auto; }"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "leave", N_("Back"), show=False, id="dialog.cancel"),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label(Content(self._title), classes="dialog--title")
            with VerticalScroll(can_focus=True):
                yield Static(Content(self._text))

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_leave(self) -> None:
        """Read."""
        self.dismiss(None)
