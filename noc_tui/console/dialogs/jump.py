"""Jump mode: a letter on each pane, which takes the focus there."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Label

from noc_tui.i18n import N_
from widgets.terminal_size import TerminalSized

_LETTERS = "asdfghjklqwertyuiop"


class Jump(TerminalSized, ModalScreen[Widget | None]):
    """Shows the screen under it, with a letter in the corner of each of `targets`."""

    DEFAULT_CSS = """
    Jump { background: $background 40%; }
    Jump Label {
        position: absolute; width: 3; height: 1; text-align: center;
        background: $primary; color: $background; text-style: bold reverse;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", N_("Cancel"), show=False, id="dialog.cancel"),
    ]

    def __init__(self, targets: Sequence[Widget]) -> None:
        super().__init__()
        self._targets = dict(zip(_LETTERS, targets, strict=False))

    def compose(self) -> ComposeResult:
        for letter, target in self._targets.items():
            label = Label(letter, markup=False)
            label.styles.offset = Offset(target.region.x, target.region.y)
            yield label

    def on_key(self, event: events.Key) -> None:
        """A letter takes the focus; any other key leaves."""
        event.stop()
        self.dismiss(self._targets.get(event.character or ""))
