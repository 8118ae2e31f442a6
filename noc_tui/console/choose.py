"""One of several: `await app.push_screen_wait(Choose(title, [(value, text), …]))`."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from noc_tui.console.dialogs import DIALOG_CSS
from noc_tui.i18n import N_


class Choose(ModalScreen[str | None]):
    """A list of choices, the first proposed; None when the operator leaves."""

    DEFAULT_CSS = DIALOG_CSS.format(name="Choose")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", N_("Cancel"), show=False, id="dialog.cancel"),
    ]

    def __init__(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title, self._choices = title, choices

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label(Content(self._title), classes="dialog--title")
            options = (Option(Content(text), id=value) for value, text in self._choices)
            yield OptionList(*options, markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click, chooses."""
        event.stop()
        self.dismiss(event.option_id)

    def action_leave(self) -> None:
        """Without a choice."""
        self.dismiss(None)
