"""The driver in a real program on a pseudo-terminal, beside Textual's own."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.widgets.terminal.pty_session import Session
from tests.widgets.terminal.screen import Cell, Screen

APP = str(Path(__file__).with_name("table_app.py"))
DOWN, UP, PAGE_DOWN, PAGE_UP, END, F2 = (
    "\x1b[B", "\x1b[A", "\x1b[6~", "\x1b[5~", "\x1b[F", "\x1bOQ",
)  # fmt: skip


def argv(driver: str) -> list[str]:
    return [sys.executable, APP, driver]


def cursor_on(number: int) -> Callable[[Screen], bool]:
    mark = f"▸ guest-{number:04d}"
    return lambda screen: any(mark in line for line in screen.lines())


ready = cursor_on(0)


def odd_ones_are_down(screen: Screen) -> bool:
    return any("guest-0009" in line and "✖ down" in line for line in screen.lines())


STEPS = [
    (DOWN * 3, cursor_on(3)),
    (PAGE_DOWN * 2, cursor_on(17)),
    (UP * 9, cursor_on(8)),
    (F2, odd_ones_are_down),
    (DOWN * 30, cursor_on(38)),
    (END, cursor_on(499)),
    (PAGE_UP, cursor_on(492)),
]


def pictures(driver: str) -> list[list[list[Cell]]]:
    """What the screen shows after each step."""
    out = []
    with Session(argv(driver)) as session:
        session.settle(ready)
        for keys, reached in STEPS:
            session.send(keys)
            out.append(session.settle(reached).picture())
        session.resize(9, 44)
        out.append(session.settle(lambda screen: any("▸" in s for s in screen.lines())).picture())
        session.send("\x1b[Z")
        session.settle(lambda screen: True)
        session.send("guest-02")
        filtered = session.settle(lambda screen: "guest-0200" in screen.lines()[4])
        out.append(filtered.picture())
    return out


def test_every_picture_is_the_one_that_textual_would_draw() -> None:
    for step, (ours, textuals) in enumerate(zip(pictures("delta"), pictures("stock"), strict=True)):
        assert ours == textuals, step


@pytest.mark.parametrize("ignored", [False, True])
def test_a_lost_terminal_ends_the_program(ignored: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)
    try:
        session = Session(argv("delta"))
    finally:
        signal.signal(signal.SIGHUP, before)
    with session:
        session.settle(ready)
        session.hang_up()
        assert session.ended() is not None


def test_a_terminal_that_stops_reading_gets_the_newest_picture_only() -> None:
    with Session([*argv("delta"), "patient"]) as session:
        session.settle(ready)
        for _ in range(400):
            session.send(DOWN)
            time.sleep(0.002)
        for _look in range(5):
            while not session.idle():
                time.sleep(0.02)
        before = session.received
        session.settle(cursor_on(400))
        assert session.received - before < 70_000


def test_what_can_no_longer_be_drawn_ends_the_program_with_its_error() -> None:
    with Session(argv("delta")) as session:
        session.settle(ready)
        session.wire.screen = Screen(100, 400)  # what is told after the end is as wide as it likes
        session.send("\x1bOR")
        assert session.ended() == 1
        assert "?1049l" in session.screen.modes
        assert any("no picture comes of this" in line for line in session.screen.lines())


def test_suspended_and_resumed_it_draws_all_again() -> None:
    with Session(argv("delta")) as session:
        session.settle(ready)
        os.kill(session.pid, signal.SIGTSTP)
        session.settle(lambda screen: "?1049l" in screen.modes)
        session.wire.screen = Screen(session.screen.rows, session.screen.cols)
        os.kill(session.pid, signal.SIGCONT)
        session.settle(ready)


def test_it_leaves_the_terminal_as_it_was() -> None:
    with Session(argv("delta")) as session:
        session.settle(ready)
        session.send("\x11")
        assert session.ended() == 0
        assert session.screen.modes.index("?1049h") < session.screen.modes.index("?1049l")
        assert {"?25h", "?1000l", "?2004l", "?7h", "<u"} <= set(session.screen.modes)
