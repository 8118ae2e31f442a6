"""What all dialogs share: their frame, and the lines that end a written answer."""

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from noc_tui.i18n import N_, _

T = TypeVar("T")

DIALOG_CSS = """
{name} {{ align: center middle; background: $background 60%; }}
{name} > Vertical {{
    width: 64; max-width: 95%; height: auto; max-height: 90%;
    padding: 1 2; background: $surface; border: round $primary;
}}
{name} Label {{ width: 100%; height: auto; }}
{name} .dialog--title {{ text-style: bold; color: $text-primary; margin-bottom: 1; }}
{name} .dialog--text {{ height: auto; margin-bottom: 1; }}
{name} .dialog--error {{ color: $text-error; height: auto; }}
{name} Horizontal {{ height: auto; align-horizontal: right; }}
{name} Button {{ margin-left: 2; }}
"""


class Written(ModalScreen[T | None]):
    """A question that is answered in writing, with Cancel and OK under it; None when the operator
    leaves.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", N_("Cancel"), show=False, id="dialog.cancel"),
    ]

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button answers."""
        if event.button.id == "ok":
            self.finish()
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        """Without an answer."""
        self.dismiss(None)

    def finish(self) -> None:
        """Answer with what is written, or say what is wrong with it."""
        raise NotImplementedError

    def last_lines(self) -> ComposeResult:
        """Where a mistake is told, and the buttons."""
        yield Static("", classes="dialog--error")
        with Horizontal():
            yield Button(_("Cancel"), id="cancel")
            yield Button(_("OK"), id="ok", variant="primary")

    def tell(self, wrong: str) -> None:
        """Say what is wrong with the answer."""
        self.query_one(".dialog--error", Static).update(Content(wrong))
