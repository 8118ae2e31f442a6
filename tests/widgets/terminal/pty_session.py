"""A program on a pseudo-terminal, seen through the small screen of these tests."""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.widgets.terminal.screen import Screen

SYNC_QUERY = b"\x1b[?2026$p"
SYNC_ANSWER = b"\x1b[?2026;2$y"
PATIENCE_SECONDS = 60.0
"""Against hanging only."""
UNFINISHED = re.compile(r"\x1b(?:\[[?<>=]?[0-9;]*\$?|\][^\x07\x1b]*\x1b?)?\Z")


class Wire:
    """Bytes onto a screen, however they are cut; synchronised output is understood."""

    def __init__(self, rows: int, cols: int) -> None:
        self.screen = Screen(rows, cols)
        self.received = 0
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._pending = ""

    def take(self, data: bytes) -> bytes:
        """Show what a program wrote; what the terminal answers to it."""
        self.received += len(data)
        text = self._pending + self._decode(data).replace(SYNC_QUERY.decode(), "")
        text = re.sub(r"\x1b\[\?[0-9]+\$p", "", text).replace("\r\n", "\n")
        cut = UNFINISHED.search(text)
        self._pending = cut[0] if cut else ""
        self.screen.feed(text[: cut.start()] if cut else text)
        return SYNC_ANSWER if SYNC_QUERY in data else b""


def environment() -> dict[str, str]:
    """What a program on such a terminal is given."""
    theirs = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
    ours = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "LINES", "COLUMNS")}
    return ours | theirs


class Session:
    """Runs `argv` on a terminal of `rows` × `cols` that understands synchronised output."""

    def __init__(self, argv: Sequence[str], rows: int = 12, cols: int = 60) -> None:
        self.wire = Wire(rows, cols)
        self._start(argv)
        self._size(rows, cols)

    def _start(self, argv: Sequence[str]) -> None:
        """Run it on a terminal of its own: `pid`, and our end of the terminal, `fd`."""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(argv[0], list(argv), environment())  # noqa: S606 - the program under test

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """The program, if it still runs, and its terminal."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self.gone()
        if self.fd >= 0:
            self.hang_up()

    @property
    def screen(self) -> Screen:
        """What is seen."""
        return self.wire.screen

    @property
    def received(self) -> int:
        """How many bytes have come."""
        return self.wire.received

    def _size(self, rows: int, cols: int) -> None:
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def resize(self, rows: int, cols: int) -> None:
        """The operator pulls the window to another size; nobody knows what it shows then."""
        self.wire.screen = Screen(rows, cols)
        self._size(rows, cols)

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self.fd, keys.encode())

    def settle(self, until: Callable[[Screen], bool], quiet: float = 0.05) -> Screen:
        """Read until the screen is as wanted, nothing has come for `quiet` seconds and the program
        has nothing to do.
        """
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            if self._read(quiet) or not until(self.screen) or not self.idle():
                continue
            return self.screen
        raise AssertionError("\n".join(self.screen.lines()))

    def idle(self) -> bool:
        """Whether every thread of the program waits for something, however busy the machine is."""
        return all(map(_waits, Path(f"/proc/{self.pid}/task").glob("*/stat")))

    def _read(self, timeout: float) -> bool:
        if not select.select([self.fd], [], [], timeout)[0]:
            return False
        answer = self.wire.take(os.read(self.fd, 65536))
        os.write(self.fd, answer)
        return True

    def gone(self) -> int:
        """Wait for its end; its exit code, negative for a signal."""
        _pid, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def hang_up(self) -> None:
        """The terminal goes away."""
        os.close(self.fd)
        self.fd = -1

    def ended(self) -> int | None:
        """Exit status, negative for a signal, if the program ends."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                self._drain()
                return os.waitstatus_to_exitcode(status)
            self._drain()
            time.sleep(0.01)
        return None

    def _drain(self) -> None:
        try:
            while self.fd >= 0 and self._read(0):
                pass
        except OSError:
            os.close(self.fd)
            self.fd = -1


def _waits(stat: Path) -> bool:
    """Whether a thread sleeps or is stopped; the state comes after the name in brackets."""
    try:
        state = stat.read_text().rpartition(") ")[2][0]
    except OSError:  # it has ended meanwhile
        return True
    return state in "STtZ"
