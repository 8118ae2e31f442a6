"""The help: every key that does something here, from the same declarations as the keys."""

from collections.abc import Iterable
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from noc_tui.console.shell.tour import Tour
from noc_tui.i18n import N_, _
from widgets.terminal_size import TerminalSized


class Help(TerminalSized, ModalScreen[None]):
    """Key, what it does, and the id by which it can be remapped."""

    DEFAULT_CSS = """
    Help { align: center middle; background: $background 60%; }
    Help > Vertical {
        width: 86; max-width: 98%; height: auto; max-height: 96%;
        padding: 0 1; background: $surface; border: round $primary;
    }
    Help VerticalScroll { height: auto; max-height: 100%; }
    Help .dialog--title { text-style: bold; color: $text-primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "dismiss", N_("Close"), id="help.close"),
        Binding("t", "tour", N_("Tour"), id="help.tour"),
    ]

    def __init__(self, active: Iterable[ActiveBinding], shown: "dict[str, str]") -> None:
        super().__init__()
        self._active = list(active)
        self._shown = shown

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label(_("Keys — Esc closes, t shows the tour"), classes="dialog--title")
            with VerticalScroll():
                yield Static(self._table())

    def action_tour(self) -> None:
        """The tour in the place of this list."""
        self.app.switch_screen(Tour())

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", style="bold", no_wrap=True)
        table.add_column(ratio=1)
        table.add_column(style="dim", no_wrap=True)
        title = _("Name in [console.keys]")
        table.add_row(Text(_("Key")), Text(_("What it does")), Text(title), style="bold")
        for keys, binding in self._commands().values():
            words = _(binding.description)
            if binding.tooltip:
                words += f" — {_(binding.tooltip)}"
            table.add_row(Text(", ".join(keys)), Text(words), Text(binding.id or ""))
        return table

    def _commands(self) -> dict[str, tuple[list[str], Binding]]:
        """Return each command once, with all of its keys."""
        found: dict[str, tuple[list[str], Binding]] = {}
        for _node, binding, _enabled, _tooltip in self._active:
            if not binding.description or binding.id is None:
                continue
            keys, _binding = found.setdefault(binding.id, ([], binding))
            keys.append(self._shown.get(binding.key, binding.key))
        return dict(sorted(found.items(), key=lambda one: _group(one[0])))


_MOVING = ("table.", "timeline.")
_EVERYWHERE = ("app.", "mode.")


def _group(binding_id: str) -> int:
    """Return what the screen does, then how to move about in it, then what is offered
    everywhere.
    """
    return 2 * binding_id.startswith(_EVERYWHERE) + binding_id.startswith(_MOVING)
