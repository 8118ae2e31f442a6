"""What leaves for the terminal: only so much ahead of its answers, and then the newest picture."""

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.waiting import PATIENCE_SECONDS
from widgets.terminal import pace
from widgets.terminal.output import Output

ROWS, COLS = 30, 100
SYNC = "\x1b[?2026h", "\x1b[?2026l"


@contextmanager
def piped() -> Iterator[tuple[Output, int]]:
    """An output whose terminal is a pipe."""
    reading, writing = os.pipe()
    output = Output(
        writing,
        encoding="utf-8",
        size=lambda: (ROWS, COLS),
        gone=lambda: pytest.fail("gone"),
        broken=lambda error: pytest.fail(str(error)),
    )
    output.start()
    try:
        yield output, reading
    finally:
        output.stop()
        os.close(writing)
        os.close(reading)


def frame(output: Output, text: str) -> None:
    """A whole screen of `text`, as Textual writes it."""
    lines = "\n".join(f"\x1b[{y + 1};1H{text.ljust(COLS)[:COLS]}" for y in range(ROWS))
    for part in (SYNC[0], lines, SYNC[1]):
        output.write(part)
    output.flush()


def arrived(fd: int, wanted: str = "", seconds: float = 0.3) -> str:
    """What comes until that text has come, and then within a time of silence."""
    out = b""
    while select.select([fd], [], [], seconds if wanted.encode() in out else PATIENCE_SECONDS)[0]:
        out += os.read(fd, 65536)
    return out.decode()


def test_a_terminal_that_does_not_answer_gets_no_second_picture_until_it_does() -> None:
    with piped() as (output, fd):
        output.write("\x1b[?1049h")
        frame(output, "a" * COLS)
        first = arrived(fd, pace.QUESTION)
        assert first.count("a") == ROWS * COLS
        assert first.endswith(pace.QUESTION)
        frame(output, "b" * COLS)
        frame(output, "c" * COLS)
        assert arrived(fd) == ""
        output.answered()
        later = arrived(fd, SYNC[1])
        assert later.count("c") == ROWS * COLS
        assert "b" not in later


def test_patience_ends_and_then_nothing_is_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "PATIENCE_SECONDS", 0.1)
    with piped() as (output, fd):
        output.write("\x1b[?1049h")
        frame(output, "a" * COLS)
        frame(output, "b" * COLS)
        assert "b" in arrived(fd, "b")
        frame(output, "c" * COLS)
        last = arrived(fd, "c")
        assert pace.QUESTION not in last


def test_a_terminal_that_never_spoke_of_synchronising_is_not_asked() -> None:
    with piped() as (output, fd):
        output.write("\x1b[?1049h\x1b[1;1H" + "x" * COLS)
        output.flush()
        assert pace.QUESTION not in arrived(fd, "x" * COLS)


def test_nothing_is_drawn_before_the_screen_is_taken_nor_after_it_is_left() -> None:
    with piped() as (output, fd):
        output.write("\x1b[1;1Hearly")
        output.flush()
        assert arrived(fd) == ""
        output.write("\x1b[?1049h")
        output.flush()
        assert "early" in arrived(fd, "early")
        output.write("\x1b[?1049l")
        output.write("\x1b[2;1Hlate")
        output.flush()
        assert "late" not in arrived(fd)


def test_other_character_sets_get_as_many_columns() -> None:
    reading, writing = os.pipe()
    output = Output(
        writing,
        encoding="latin-1",
        size=lambda: (1, 20),
        gone=lambda: pytest.fail("gone"),
        broken=lambda error: pytest.fail(str(error)),
    )
    output.start()
    output.write("\x1b[?1049h\x1b[1;1H▸ é● 日 …│")
    output.flush()
    output.stop()
    os.close(writing)
    assert os.read(reading, 4096).decode("latin-1").endswith("> é* ?? .|")
    os.close(reading)


def test_a_terminal_that_does_not_wait_gets_all_of_it() -> None:
    """As some programs leave it behind for those that come after."""
    with piped() as (output, fd):
        os.set_blocking(output._fd, False)
        title = f"\x1b]2;{'x' * 500_000}\x07"
        output.write(title)
        output.flush()
        assert title in arrived(fd, title)
