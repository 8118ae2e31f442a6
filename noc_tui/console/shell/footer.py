"""One line of keys, made of the same declarations as the keys themselves; each can be clicked."""

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import ActiveBinding
from textual.screen import Screen
from textual.widget import Widget

from noc_tui.console.commands import is_typed_into
from noc_tui.console.shell.keys import key_label
from noc_tui.i18n import _


class Footer(Widget):
    """The keys that do something here and now; those that may not are dimmed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"footer--key", "footer--word", "footer--dimmed"}
    DEFAULT_CSS = """
    Footer {
        dock: bottom;
        height: 1;
        background: $panel;
        color: $foreground;
        & > .footer--key { color: $footer-key-foreground; text-style: bold; }
        & > .footer--word { color: $foreground; }
        & > .footer--dimmed { color: $foreground 45%; text-style: none; }
        &:nocolor > .footer--key { text-style: bold underline; }
    }
    """
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self.auto_links = False

    def on_mount(self) -> None:
        """Follow what can be done as the focus moves."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow_bindings)

    def _follow_bindings(self, _screen: Screen[object]) -> None:
        if self.screen.is_current:
            self.refresh()

    def render(self) -> Text:
        """Key and word of each shown binding, as many as fit."""
        everywhere = Text()
        here = Text(" ", no_wrap=True, overflow="crop")
        for active in self._offered_bindings():
            binding = active.binding
            piece = self._piece(binding.key, binding.description, binding.action, active.enabled)
            line = everywhere if active.node is self.app else here
            if here.cell_len + everywhere.cell_len + piece.cell_len <= self.size.width:
                line.append_text(piece)
        return here + everywhere

    def _offered_bindings(self) -> list[ActiveBinding]:
        """Return each command once: help first, which must fit, what every table has last."""
        once: dict[str, ActiveBinding] = {}
        typing = is_typed_into(self.screen.focused)
        for one in self.screen.active_bindings.values():
            if one.binding.show or (typing and one.binding.key == "escape"):
                once.setdefault(one.binding.action, one)
        return sorted(once.values(), key=_importance)

    def _piece(self, key: str, word: str, action: str, enabled: bool) -> Text:
        shown = key_label(key)
        if not enabled:
            return Text(f"{shown} {_(word)}  ", self._style("dimmed"))
        click = Style(
            meta={"@click": action if "." in action.split("(")[0] else f"screen.{action}"}
        )
        return Text.assemble(
            (f"{shown} ", self._style("key") + click), (f"{_(word)}  ", self._style("word") + click)
        )

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"footer--{name}")


def _importance(one: ActiveBinding) -> int:
    """Return 0 for the help, more for what may be left out first."""
    if one.binding.action == "app.help":
        return 0
    return 2 if (one.binding.id or "").startswith("table.") else 1
