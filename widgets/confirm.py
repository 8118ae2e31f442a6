"""Dialogs that ask before something is done; each answers true or false.

`await self.app.push_screen_wait(Confirm(...))` in a worker, or `push_screen` with a callback.
"""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from widgets.cells import guarded
from widgets.marks import N_


class Confirm(ModalScreen[bool]):
    """`title`, some `lines` of what will happen, and two buttons; all texts come translated.

    The harmless answer has the focus; Escape gives it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "refuse", N_("Cancel"), show=False, id="confirm.cancel"),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    DEFAULT_CSS = """
    Confirm {
        align: center middle;
        & > Vertical {
            width: 72;
            max-width: 90%;
            height: auto;
            max-height: 90%;
            padding: 1 2;
            background: $surface;
            border: round $primary;
        }
        &.-danger > Vertical { border: heavy $error; }
        & .confirm--title { text-style: bold; margin-bottom: 1; }
        & Input { margin-top: 1; }
        & Horizontal { height: auto; align-horizontal: right; margin-top: 1; }
        & Button { margin-left: 2; }
    }
    """

    def __init__(
        self, title: str, lines: Sequence[str], *, yes: str, no: str, danger: bool = False
    ) -> None:
        super().__init__(classes="-danger" if danger else None)
        self._title, self._lines = title, tuple(lines)
        self._yes, self._no, self._danger = yes, no, danger

    def compose(self) -> ComposeResult:
        """The box in the middle of the screen."""
        with Vertical():
            yield Static(guarded(self._title), classes="confirm--title", markup=False)
            for line in self._lines:
                yield Static(guarded(line), markup=False)
            yield from self.question()
            with Horizontal():
                yield Button(self._no, id="no")
                yield Button(self._yes, id="yes", variant="error" if self._danger else "primary")

    def question(self) -> ComposeResult:
        """What else has to be answered: here nothing."""
        yield from ()

    def on_mount(self) -> None:
        """The harmless answer first."""
        self.begin()

    def begin(self) -> None:
        """What has the focus at first."""
        self.query_one("#no", Button).focus()

    def action_refuse(self) -> None:
        """No."""
        self.dismiss(False)

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(event.button.id == "yes")


class TypedConfirm(Confirm):
    """As `Confirm`, but the name of what is concerned must be typed before one may say yes."""

    DEFAULT_CSS = "TypedConfirm { align: center middle; }"

    def __init__(
        self, title: str, lines: Sequence[str], *, name: str, prompt: str, yes: str, no: str
    ) -> None:
        super().__init__(title, lines, yes=yes, no=no, danger=True)
        self._wanted, self._prompt = name, prompt

    def question(self) -> ComposeResult:
        """The name."""
        yield Input(placeholder=guarded(self._prompt), id="typed")

    def begin(self) -> None:
        """Nothing can be said yet but no."""
        self.query_one("#yes", Button).disabled = True
        self.query_one("#typed", Input).focus()

    @property
    def _matches(self) -> bool:
        return self.query_one("#typed", Input).value.strip() == self._wanted

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one("#yes", Button).disabled = not self._matches

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if self._matches:
            self.query_one("#yes", Button).focus()
