"""The operator's terminal while a guest's console has it: raw, and given back as it was."""

import os
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager

_ENTER = "\x1b[?1049h\x1b[2J\x1b[H"
_LEAVE = (
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l"  # no mouse
    "\x1b[?1004l\x1b[?2004l"  # no reports of focus, no bracketed paste
    "\x1b[?1l\x1b>"  # ordinary cursor keys and keypad
    "\x1b[0m\x1b(B\x0f\x1b[r\x1b[?7h\x1b[?25h"  # plain letters, whole screen, wrapping, cursor
    "\x1b[?1049l"
)


@contextmanager
def raw_terminal() -> Iterator[int]:
    """The descriptor of the input, each key as it comes; at the end the screen and every mode that
    a guest may have set are as before.
    """
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    write_all(_ENTER.encode())
    try:
        tty.setraw(keyboard)
        yield keyboard
    finally:
        termios.tcsetattr(keyboard, termios.TCSAFLUSH, before)
        write_all(_LEAVE.encode())


def write_all(data: bytes) -> None:
    """Write to the terminal, past Python's buffers."""
    while data:
        data = data[os.write(sys.stdout.fileno(), data) :]


def terminal_size() -> tuple[int, int]:
    """Columns and rows, as the terminal itself says: what the environment says is of its start."""
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        return 80, 24
    return max(1, min(size.columns, 1000)), max(1, min(size.lines, 1000))
