"""A mail to read and edit: `await app.push_screen_wait(Compose(recipient, subject, body))`."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, TextArea

from noc_tui.console.dialogs import DIALOG_CSS
from noc_tui.i18n import N_, _


class Compose(ModalScreen[tuple[str, str] | None]):
    """Subject and body; None when the operator leaves. The recipient is fixed."""

    DEFAULT_CSS = (
        DIALOG_CSS.format(name="Compose")
        + "Compose > Vertical { width: 90; } Compose TextArea { height: 18; margin-bottom: 1; }"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", N_("Cancel"), show=False, id="dialog.cancel"),
    ]

    def __init__(self, recipient: str, subject: str, body: str) -> None:
        super().__init__()
        self._recipient, self._subject, self._body = recipient, subject, body

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label(Content(self._recipient), classes="dialog--title")
            yield Input(self._subject, id="subject")
            yield TextArea(self._body, id="body")
            with Horizontal():
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("Keep"), id="keep", variant="primary")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Keep or leave."""
        if event.button.id != "keep":
            self.dismiss(None)
            return
        subject = self.query_one("#subject", Input).value.strip()
        self.dismiss((subject, self.query_one("#body", TextArea).text))

    def action_leave(self) -> None:
        """Without a change."""
        self.dismiss(None)
