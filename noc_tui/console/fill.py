"""Several values at once: `await app.push_screen_wait(Fill(title, text, fields))`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from noc_tui.console.dialogs import DIALOG_CSS
from noc_tui.console.formats import labelled
from noc_tui.i18n import N_, _


def needed(text: str) -> str:
    """Anything but nothing; ValueError else."""
    if not text.strip():
        raise ValueError(_("This must not be empty."))
    return text.strip()


@dataclass(frozen=True, slots=True)
class Field:
    """One line to fill in. `read` gives the value, or a ValueError whose text is shown."""

    name: str
    label: str
    value: str = ""
    read: Callable[[str], str] = needed


class Fill(ModalScreen[dict[str, str] | None]):
    """A form of single lines, each checked; None when the operator leaves."""

    DEFAULT_CSS = DIALOG_CSS.format(name="Fill")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", N_("Cancel"), show=False, id="dialog.cancel"),
    ]

    def __init__(self, title: str, text: str, fields: Sequence[Field]) -> None:
        super().__init__()
        self._title, self._text, self._asked = title, text, tuple(fields)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label(Content(self._title), classes="dialog--title")
            yield Static(Content(self._text), classes="dialog--text")
            for field in self._asked:
                yield Label(Content(field.label))
                yield Input(field.value, id=field.name, compact=True)
            yield Static("", classes="dialog--error")
            with Horizontal():
                yield Button(_("Cancel"), id="cancel")
                yield Button(_("OK"), id="ok", variant="primary")

    def on_mount(self) -> None:
        self._line(next((one for one in self._asked if not one.value), self._asked[0])).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to the next line, and is OK on the last."""
        if event.input.id == self._asked[-1].name:
            self._finish()
        else:
            self.focus_next(Input)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button answers."""
        if event.button.id == "ok":
            self._finish()
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        """Without an answer."""
        self.dismiss(None)

    def _line(self, field: Field) -> Input:
        return self.query_one(f"#{field.name}", Input)

    def _finish(self) -> None:
        filled: dict[str, str] = {}
        for field in self._asked:
            try:
                filled[field.name] = field.read(self._line(field).value)
            except ValueError as error:
                wrong = Content(labelled(field.label, str(error)))
                self.query_one(".dialog--error", Static).update(wrong)
                self._line(field).focus()
                return
        self.dismiss(filled)
