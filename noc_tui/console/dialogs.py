"""Questions to the operator, typed and awaited: `await app.push_screen_wait(Confirm(...))`."""

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

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


class Confirm(ModalScreen[bool]):
    """Yes or no. The safe answer has the focus; `danger` says that it cannot be taken back."""

    DEFAULT_CSS = DIALOG_CSS.format(name="Confirm")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", N_("No"), show=False, id="dialog.no"),
        Binding("y,o", "answer(True)", N_("Yes"), show=False, id="dialog.yes"),
        Binding("left,right", "app.focus_next", show=False),
    ]

    def __init__(self, title: str, text: str, *, yes: str = "", danger: bool = False) -> None:
        super().__init__()
        self._title, self._text = title, text
        self._yes = yes or _("Yes (y)")
        self._danger = danger

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label(Content(self._title), classes="dialog--title")
            yield Static(Content(self._text), classes="dialog--text")
            with Horizontal():
                yield Button(_("No (n)"), id="no")
                yield Button(
                    Content(self._yes), id="yes", variant="error" if self._danger else "primary"
                )

    def on_mount(self) -> None:
        self.query_one("#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A button answers."""
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """A key answers."""
        self.dismiss(answer)


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
