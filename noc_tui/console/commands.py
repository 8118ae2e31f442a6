"""A command is declared once: its key, its line in the footer, in the help and in the palette.

Screens list theirs in `OFFERS`; `id` is stable, so that operators may remap keys by it
(`[console.keys]` in the configuration). `role` is what one must be; below it the command is shown
dimmed and does nothing.
"""

from collections.abc import Iterable

import msgspec
from textual.binding import Binding
from textual.widget import Widget

from noc_tui.roles import Role


class Command(msgspec.Struct, frozen=True):
    """One thing that an operator can ask for. `title` and `help` are marked with `N_`.

    `priority` is for commands that move the focus: it is carried out before the next key is looked
    at, so that keys that come in a burst, as over a slow link, go where they were meant to.
    """

    id: str
    key: str
    action: str
    title: str
    help: str = ""
    show: bool = True
    role: Role = Role.VIEWER
    needs_nocd: bool = False
    priority: bool = False

    @property
    def binding(self) -> Binding:
        """The same as Textual wants it."""
        return Binding(
            self.key,
            self.action,
            self.title,
            show=self.show,
            tooltip=self.help,
            id=self.id,
            priority=self.priority,
        )

    @property
    def action_name(self) -> str:
        """The action without its arguments."""
        return self.action.partition("(")[0].rpartition(".")[2]


def is_typed_into(focused: Widget | None) -> bool:
    """Return whether a letter or a digit is text where the focus is, and no command."""
    return focused is not None and focused.check_consume_key("0", "0")


def command_of(action: str, commands: Iterable[Command]) -> Command | None:
    """Return the command of an action: `talk('order')` is the one that has these arguments, where
    there is one, else the first of that name.
    """
    known = tuple(commands)
    name = action.partition("(")[0].rpartition(".")[2]
    exact = (one for one in known if one.action.rpartition(".")[2] == action.rpartition(".")[2])
    return next(exact, None) or next((one for one in known if one.action_name == name), None)
