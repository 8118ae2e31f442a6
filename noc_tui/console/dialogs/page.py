"""A long text to read, none of it markup: `await app.push_screen_wait(PageDialog(title, text))`.

Returns whether it was read to go on: Enter does, Escape does not.
"""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Label, Static

from noc_tui.console.dialogs.base import Dialog
from noc_tui.i18n import N_, _


class PageDialog(Dialog[bool | None]):
    """Scrolled with the arrows, left with Escape; `onward` says what going on is for."""

    DEFAULT_CSS = """
    PageDialog > Vertical { width: 95%; height: 90%; }
    PageDialog VerticalScroll { height: 1fr; }
    PageDialog VerticalScroll > Static { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", N_("Back"), show=False, id="dialog.cancel"),
        Binding("enter", "go_on", N_("Next"), show=False, id="dialog.next"),
    ]

    def __init__(self, title: str, text: str, *, onward: str = "") -> None:
        super().__init__(title)
        self._page, self._onward = text, onward

    def content(self) -> ComposeResult:
        with VerticalScroll(can_focus=True):
            yield Static(Content(self._page))
        said = _("↑ ↓ scroll · {key} closes").format(key=self.key_of("dialog.cancel"))
        if self._onward:
            onward = _("{label}: {value}").format(
                label=self.key_of("dialog.next"), value=self._onward
            )
            said = f"{said} · {onward}"
        yield Label(Content(said))

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def action_go_on(self) -> None:
        """Close the page and go on."""
        self.dismiss(True)
