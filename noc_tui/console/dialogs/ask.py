"""One line of text: `await app.push_screen_wait(Ask(title, text))`."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Label, Static

from noc_tui.console.dialogs.base import DIALOG_CSS, Written
from noc_tui.i18n import _


class Ask(Written[str]):
    """One line of text; `needed` refuses an empty one."""

    DEFAULT_CSS = DIALOG_CSS.format(name="Ask")

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        value: str = "",
        placeholder: str = "",
        needed: bool = True,
    ) -> None:
        super().__init__()
        self._title, self._text = title, text
        self._value, self._placeholder = value, placeholder
        self._needed = needed

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label(Content(self._title), classes="dialog--title")
            if self._text:
                yield Static(Content(self._text), classes="dialog--text")
            yield Input(self._value, placeholder=self._placeholder, id="answer")
            yield from self.last_lines()

    def on_mount(self) -> None:
        self.query_one("#answer", Input).focus()

    def on_input_submitted(self) -> None:
        """Enter is OK."""
        self.finish()

    def finish(self) -> None:
        text = self.query_one("#answer", Input).value.strip()
        if self._needed and not text:
            self.tell(_("This must not be empty."))
            return
        self.dismiss(text)
