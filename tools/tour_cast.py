"""Records the tour of a demo as an asciinema file: `screenshots/tour.cast`.

usage: tour_cast.py [FILE]   (play it with `asciinema play FILE`)

The keys below are pressed in a real terminal, of the size said; what the console writes is kept
with its times. It takes as long as the tour does.
"""

import contextlib
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "screenshots" / "tour.cast"
COLUMNS, ROWS = 120, 36
DEMO = ("demo", "--guests", "300", "--tenants", "24", "--seed", "7", "--scenario", "node-failure")
READY = "1/6"
"""What the first card of the tour says: from then on keys are pressed."""
READY_SECONDS = 180.0
LONGEST_WAIT = 2.0
"""Seconds: a longer silence, as while the demo starts, is shortened to this."""
ENTER, ESCAPE = "\r", "\x1b"
KEYS: tuple[tuple[float, str], ...] = (
    (4.0, ENTER), (4.0, ENTER), (4.0, ENTER), (4.0, "x"),
    (1.0, "7"), (4.0, "j"), (2.0, "3"),
    (2.0, "/"), *((0.15, key) for key in "mem>40% !state:stopped"), (1.5, ENTER),
    (2.0, "O"), (1.5, "c"), (3.0, ENTER), (4.0, ESCAPE), (1.0, ESCAPE),
    (1.0, ":"), *((0.15, key) for key in "armor"), (3.0, ESCAPE), (0.5, ESCAPE),
    (1.0, "5"), (4.0, "8"), (3.0, "q"),
)  # fmt: skip
"""Seconds to wait, then what is typed."""


class Recording:
    """The lines of the file; each silence is as long as it was, up to `LONGEST_WAIT`."""

    def __init__(self) -> None:
        head = {"version": 2, "width": COLUMNS, "height": ROWS, "title": "noc-tui demo"}
        self.lines = [json.dumps(head)]
        self.text = ""
        self._at, self._before = 0.0, time.monotonic()

    def add(self, output: bytes) -> None:
        """Keep what was written just now."""
        now = time.monotonic()
        self._at += min(now - self._before, LONGEST_WAIT)
        self._before = now
        text = output.decode("utf-8", "replace")
        self.text += text
        self.lines.append(json.dumps([round(self._at, 3), "o", text]))


def _output(terminal: int, seconds: float) -> Iterator[bytes]:
    """Yield what is written during so many seconds."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            try:
                yield os.read(terminal, 65536)
            except OSError:
                return  # it has ended


def record() -> Recording:
    """Play the tour, and return what was seen of it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", LANG="en_US.UTF-8")
        os.execv(sys.executable, [sys.executable, "-m", "noc_tui", *DEMO])  # noqa: S606 -- our own program
    size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
    recording = Recording()
    try:
        for output in _output(terminal, READY_SECONDS):
            recording.add(output)
            if READY in recording.text:
                break
        for seconds, keys in KEYS:
            for output in _output(terminal, seconds):
                recording.add(output)
            with contextlib.suppress(OSError):
                os.write(terminal, keys.encode())
        for output in _output(terminal, LONGEST_WAIT):
            recording.add(output)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    return recording


def main(names: list[str]) -> int:
    """The exit code: 1 if the tour never opened."""
    recording = record()
    if READY not in recording.text:
        print("the tour did not open", file=sys.stderr)
        return 1
    file = Path(names[0]) if names else FILE
    file.write_text("\n".join(recording.lines) + "\n", encoding="utf-8")
    print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
