"""A room of operators: consoles of several accounts at work, each screen watched all the time."""

import os
import re
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.end_to_end.accounts import Account, Terminal

ROWS, COLS = 44, 110
PATIENCE_SECONDS = 30.0


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

    def seen(self, words: Sequence[str], since: float) -> float | None:
        """When a line with these words came after that instant; None when it never did."""
        return next((at for at, line in self.came if at >= since and _holds(line, words)), None)

    def press(self, *keys: str) -> None:
        """Type, each at once after the other."""
        self.terminal.press("".join(keys))


def _holds(line: str, words: Sequence[str]) -> bool:
    return all(word in line for word in words)


@dataclass(slots=True)
class Ear:
    """Hears from `nocd` which revision is committed, and when."""

    wire: socket.socket
    heard: list[tuple[float, int]] = field(default_factory=list)

    @classmethod
    def at(cls, path: str) -> "Ear":
        """Listen on that socket."""
        wire = socket.socket(socket.AF_UNIX)
        wire.connect(path)
        wire.sendall(b"GET /v1/events?after=0 HTTP/1.1\r\nHost: nocd\r\n\r\n")
        return cls(wire)

    def read(self) -> None:
        """Take in what was told."""
        at = time.time()
        for number in re.findall(rb"data: (\d+)\n", self.wire.recv(1 << 16)):
            self.heard.append((at, int(number)))

    def told(self, revision: int) -> float:
        """When that revision, or a later one, was told."""
        return next(at for at, number in self.heard if number >= revision)


@dataclass(slots=True)
class Room:
    """All desks, read by one loop."""

    desks: list[Desk]
    ear: Ear
    _eye: selectors.BaseSelector

    @property
    def programs(self) -> list[int]:
        """The consoles' processes."""
        return [desk.terminal.process.pid for desk in self.desks]

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
def first(*programs: int) -> Iterator[None]:
    """Before whatever else the machine does, so that what is timed here is ours alone.

    Each process may be a group of its own to the scheduler; where this is not allowed, it is not.
    """
    with suppress(OSError):
        for program in (os.getpid(), *programs):
            _go(program, -10)
    try:
        yield
    finally:
        with suppress(OSError):
            _go(os.getpid(), 0)


def _go(program: int, priority: int) -> None:
    for thread in Path(f"/proc/{program}/task").iterdir():
        os.setpriority(os.PRIO_PROCESS, int(thread.name), priority)
    Path(f"/proc/{program}/autogroup").write_text(str(priority))


@contextmanager
def room(
    accounts: Sequence[Account], *command: str, directory: Path, told_on: str
) -> Iterator[Room]:
    """A console for each account, all ended in the end; `told_on` is `nocd`'s socket."""
    eye = selectors.DefaultSelector()
    ear = Ear.at(told_on)
    eye.register(ear.wire, selectors.EVENT_READ, ear)
    desks = []
    try:
        for account in accounts:
            terminal = Terminal.open(account, *command, directory=directory, rows=ROWS, cols=COLS)
            desks.append(Desk(account.name, terminal))
            eye.register(terminal.file, selectors.EVENT_READ, desks[-1])
        yield Room(desks, ear, eye)
    finally:
        eye.close()
        ear.wire.close()
        for desk in desks:
            os.close(desk.terminal.file)
        for desk in desks:
            desk.terminal.process.wait(PATIENCE_SECONDS)
