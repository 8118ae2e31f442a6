"""A room of operators: consoles of several accounts at work, each screen watched all the time."""

import os
import selectors
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.end_to_end.accounts import Account, Terminal

ROWS, COLS = 44, 110
PATIENCE_SECONDS = 60.0
"""Against hanging only."""


@dataclass(slots=True)
class Desk:
    """A console, and every line that it has ever shown with the instants when the line came."""

    name: str
    terminal: Terminal
    came: list[tuple[float, str]] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)

    def read(self) -> None:
        """Take in what the console drew."""
        self.terminal.read()
        at, before = time.time(), set(self._lines)
        self._lines = self.terminal.wire.screen.lines()
        self.came += [(at, line) for line in self._lines if line not in before]

    def shows(self, *words: str) -> bool:
        """Whether a line holds all these words now."""
        return any(_holds(line, words) for line in self._lines)

    def saw(self, words: Sequence[str], since: float) -> bool:
        """Whether a line with these words came after that instant."""
        return any(at >= since and _holds(line, words) for at, line in self.came)

    def press(self, *keys: str) -> None:
        """Type, each at once after the other."""
        self.terminal.press("".join(keys))


def _holds(line: str, words: Sequence[str]) -> bool:
    return all(word in line for word in words)


@dataclass(slots=True)
class Room:
    """All desks, read by one loop."""

    desks: list[Desk]
    _eye: selectors.BaseSelector

    def watch(self, holds: Callable[[], bool], what: str) -> None:
        """Look at all screens until something holds; fail naming it, with what is seen."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < limit, f"never came: {what}\n{self.pictures()}"
            self.look(0.1)

    def look(self, seconds: float) -> None:
        """Take in whatever comes next."""
        for key, _events in self._eye.select(seconds):
            key.data.read()

    def all_show(self, *words: str) -> None:
        """Look until every screen has a line with these words."""
        self.watch(lambda: all(desk.shows(*words) for desk in self.desks), f"{words}")

    def none_shows(self, *words: str) -> None:
        """Look until no screen has a line with these words."""
        self.watch(lambda: not any(desk.shows(*words) for desk in self.desks), f"an end of {words}")

    def press(self, *keys: str) -> None:
        """The same keys at every desk."""
        for desk in self.desks:
            desk.press(*keys)

    def pictures(self) -> str:
        """Every screen, for somebody who wonders."""
        return "\n".join(
            "\n".join([f"--- {desk.name}", *filter(None, desk.terminal.wire.screen.lines())])
            for desk in self.desks
        )


@contextmanager
def room(accounts: Sequence[Account], *command: str, directory: Path) -> Iterator[Room]:
    """A console for each account, all ended in the end."""
    eye = selectors.DefaultSelector()
    desks = []
    try:
        for account in accounts:
            terminal = Terminal.open(account, *command, directory=directory, rows=ROWS, cols=COLS)
            desks.append(Desk(account.name, terminal))
            eye.register(terminal.file, selectors.EVENT_READ, desks[-1])
        yield Room(desks, eye)
    finally:
        eye.close()
        for desk in desks:
            os.close(desk.terminal.file)
        for desk in desks:
            desk.terminal.process.wait(PATIENCE_SECONDS)
