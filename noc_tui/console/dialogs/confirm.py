"""Yes or no: `await app.push_screen_wait(Confirm(title, text))`."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button

from noc_tui.console.dialogs.base import Dialog
from noc_tui.console.host import host_of
from noc_tui.i18n import N_, _


class Confirm(Dialog[bool]):
    """Yes or no. The safe answer has the focus; `danger` says that it cannot be taken back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", N_("No"), show=False, id="dialog.no"),
        Binding("y,o", "answer(True)", N_("Yes"), show=False, id="dialog.yes"),
        Binding("left,right", "app.focus_next", show=False),
    ]

    def __init__(self, title: str, text: str, *, yes: str = "", danger: bool = False) -> None:
        super().__init__(title, text)
        self._yes = yes
        self._danger = danger

    def content(self) -> ComposeResult:
        with Horizontal():
            yield Button(Content(self._word("dialog.no", _("No (n)"), _("No"))), id="no")
            yes = self._yes or self._word("dialog.yes", _("Yes (y)"), _("Yes"))
            yield Button(Content(yes), id="yes", variant="error" if self._danger else "primary")

    def _word(self, identifier: str, usual: str, word: str) -> str:
        """An answer with its key: that of its language, or the one that it was remapped to."""
        remapped = identifier in host_of(self.app).session.config.console.keys
        return f"{word} ({self.key_of(identifier)})" if remapped else usual

    def on_mount(self) -> None:
        self.query_one("#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button answers."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """A key answers."""
        self.dismiss(answer)
