"""Asks for one line of text: `await app.push_screen_wait(Ask(title, text))`."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.widgets import Input

from noc_tui.console.dialogs.base import WrittenDialog, never
from noc_tui.i18n import _


class Ask(WrittenDialog[str]):
    """One line of text; `needed` refuses an empty one. `read` returns the answer or raises a
    ValueError, whose text is shown; `doubt` says what is doubtful in a text, "" for nothing.
    """

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        value: str = "",
        placeholder: str = "",
        needed: bool = True,
        read: Callable[[str], str] = str.strip,
        doubt: Callable[[str], str] = never,
    ) -> None:
        super().__init__(title, text)
        self._value, self._placeholder = value, placeholder
        self._needed = needed
        self._read, self._doubt = read, doubt

    def fields(self) -> ComposeResult:
        yield Input(self._value, placeholder=self._placeholder, id="answer")

    def on_mount(self) -> None:
        self.query_one("#answer", Input).focus()

    def on_input_changed(self) -> None:
        """Show whole what the line is too short for."""
        self.show_whole()

    def on_input_submitted(self) -> None:
        """Enter is OK."""
        self.finish()

    def finish(self) -> None:
        text = self.query_one("#answer", Input).value.strip()
        if self._needed and not text:
            self.say_wrong(_("This must not be empty."))
            return
        try:
            value = self._read(text) if text else text
        except ValueError as error:
            self.say_wrong(str(error))
            return
        if not self.is_doubted(text, self._doubt(text)):
            self.answer(value)
