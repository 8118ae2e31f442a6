"""Sends pictures to a terminal from a thread: always the newest one, never a queue of old ones.

The program draws into the wanted picture and goes on. The thread sends the difference to what the
terminal was sent last; while a slow link holds it up the picture goes on changing, and the next
difference leaves out whatever came and went in between.
"""

import os
import select
from collections.abc import Callable
from threading import Condition, Thread

from widgets.terminal.charset import speller
from widgets.terminal.encoder import Encoder
from widgets.terminal.pace import Pace
from widgets.terminal.reader import Kind, TerminalReader

STOP_SECONDS = 1.0
"""How long an ending program waits for a terminal that takes nothing."""


class Output:
    """The writing side of the terminal `fd`.

    `size` gives rows and columns now; `gone` is called, in the thread, when the terminal is, and
    `broken` when the thread ends of anything else. What is written after that, which is how a
    program gives its terminal back, goes out as it is. `signs` is the character set of the signs
    that the terminal has, where its font has fewer than the encoding.
    """

    def __init__(
        self,
        fd: int,
        *,
        encoding: str,
        size: Callable[[], tuple[int, int]],
        gone: Callable[[], None],
        broken: Callable[[Exception], None],
        scrolls: bool = True,
        signs: str = "",
    ) -> None:
        self._fd = fd
        self._encoding = encoding
        self._size = size
        self._gone = gone
        self._broken = broken
        rows, cols = size()
        self._reader = TerminalReader(rows, cols, self._hand_on)
        self._encoder = Encoder(rows, cols, spelled=speller(signs or encoding), scrolls=scrolls)
        self._raw: list[str] = []
        self._pace = Pace()
        self._ready = Condition()
        self._dirty = False
        self._stopping = False
        self._dead = False
        self._plain = False
        self._quiet = False
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to send; again after a stop, and then all that is wanted is drawn again."""
        self._stopping = self._quiet = False
        self._thread = Thread(target=self._run, name="terminal-output", daemon=True)
        self._thread.start()

    def write(self, data: str) -> None:
        """Take what the program writes, in whole sequences; from any thread."""
        with self._ready:
            if self._plain:
                _write_all(self._fd, data.encode("ascii", "replace"))
                return
            if self._dead:
                return
            self._fit()
            self._reader.feed(data)
            self._dirty = True
            if self._raw:
                self._ready.notify()

    def flush(self) -> None:
        """A frame is complete."""
        with self._ready:
            if self._dirty:
                self._ready.notify()

    def answered(self) -> None:
        """Note that the terminal answered the question about mode 2026."""
        with self._ready:
            self._pace.answered()
            self._ready.notify()

    def hush(self, seconds: float) -> None:
        """Ask nothing more, and wait a while for what is still to be answered: an answer that
        comes after the end would be taken for something that the operator typed."""
        with self._ready:
            self._quiet = True
            self._ready.wait_for(lambda: self._dead or not self._pace.asking, seconds)

    def abandon(self) -> None:
        """The terminal is gone: nothing is sent any more."""
        with self._ready:
            self._dead = True
            self._ready.notify()

    def stop(self) -> None:
        """Send what is left and end the thread."""
        with self._ready:
            self._stopping = True
            self._ready.notify()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _fit(self) -> None:
        rows, cols = self._size()
        if (rows, cols) != (self._reader.picture.rows, self._reader.picture.cols):
            self._reader.resize(rows, cols)
            self._encoder.resize(rows, cols)

    def _hand_on(self, raw: str, kind: Kind) -> None:
        """Called by the reader, under the lock."""
        if kind != "mode":
            self._raw.append(self._difference())
        if kind == "alien":
            reader = self._reader
            self._raw.append(self._encoder.hand_over(reader.y, reader.x, reader.attribute))
        self._raw.append(raw)
        if kind == "stage":
            self._encoder.lose()

    def _difference(self) -> str:
        reader = self._reader
        if not reader.on_stage:
            return ""
        at = (reader.y, reader.x)
        park = at if at != (0, 0) and reader.x < reader.picture.cols else None
        return self._encoder.encode(reader.picture, park, sync=reader.synchronised)

    def _run(self) -> None:
        try:
            self._send_all()
        except OSError:
            self.abandon()
            self._gone()
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing is drawn any more
            with self._ready:
                self._dead = self._plain = True
                self._ready.notify_all()
            self._broken(error)

    def _send_all(self) -> None:
        while (text := self._next()) is not None:
            _write_all(self._fd, text.encode(self._encoding, "replace"))

    def _next(self) -> str | None:
        """Return what to send next; waits for it. `None` at the end."""
        with self._ready:
            while not (self._dirty or self._stopping or self._dead):
                self._ready.wait()
            while not (self._stopping or self._dead or (left := self._pace.wait()) is None):
                self._ready.wait(left)
            if self._dead or not self._dirty:
                return None
            self._dirty = False
            raw = "".join(self._raw)
            self._raw.clear()
            text = raw + self._difference()
            answers = self._reader.synchronised and self._reader.on_stage and not self._quiet
            return text + self._pace.question(len(text), answers=answers)


def _write_all(fd: int, data: bytes) -> None:
    """A program that ran here before may have left the terminal so that it does not wait: then one
    that takes nothing for a moment is not gone.
    """
    while data:
        try:
            data = data[os.write(fd, data) :]
        except BlockingIOError:
            room = select.poll()
            room.register(fd, select.POLLOUT)
            room.poll()
