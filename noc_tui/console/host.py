"""The interface of the app that screens, header, palette and dialogs use."""

from typing import Any, Protocol, cast

from textual.app import App

from noc_tui.console.commands import Command
from noc_tui.console.habit_keeper import HabitKeeper
from noc_tui.console.orders import Orders
from noc_tui.console.references import Reference
from noc_tui.console.session import Session


class Host(Protocol):
    """The console's app, as its parts see it."""

    session: Session
    """Clock, operator, configuration, `nocd`."""
    orders: Orders
    """The operator's orders that are followed to their end."""

    @property
    def current_mode(self) -> str:
        """The id of the mode that is shown."""

    @property
    def subject(self) -> str:
        """The case that is open here (`tenant:acme`), "" for a list."""

    @property
    def trail(self) -> tuple[str, ...]:
        """What is open over the mode's own screen, in the order in which it was opened."""

    @property
    def habits(self) -> HabitKeeper:
        """What is remembered of this operator."""

    def back(self) -> None:
        """Go back to the screen that was seen before this one."""

    def say(self, text: str, *, title: str = "", severity: str = "information") -> None:
        """Show a message to the operator; never markup."""

    def open(self, reference: Reference) -> None:
        """Bring the operator to what the reference names."""

    def allows(self, command: Command) -> bool:
        """Return whether this operator may do that now."""

    def why_not(self, command: Command) -> str:
        """Return why this operator may not do that now; "" where it may."""

    def key_of(self, binding_id: str, default: str) -> str:
        """The key that a command has now, as it is shown."""


def host_of(app: App[Any]) -> Host:
    """The console's app, with the type that its parts know."""
    return cast(Host, app)
