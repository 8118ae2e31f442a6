"""A Textual driver that sends only what changed: `App(driver_class=DeltaDriver)`.

It sees all that the app writes, keeps a picture of the screen, and sends the least bytes for the
newest picture; on a slow link intermediate pictures are left out. It ends the app when the
terminal is gone, whatever the signals say, and when it can no longer draw, with the error told.
"""

import os
import select
import shutil
import sys
import threading
from codecs import getincrementaldecoder
from typing import TextIO

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

from widgets.terminal.charset import signs_of
from widgets.terminal.output import Output

GONE_SECONDS = 0.7
"""How long an app may take to end by itself once its terminal is gone."""

GONE_STATUS = 129
"""Exit status then: as after SIGHUP."""

HUSH_SECONDS = 0.5
"""How long an ending app waits for what its terminal is still to answer."""

_POLL_MILLISECONDS = 100
_WITHOUT_SCROLL = ("linux", "dumb")
"""Values of `TERM` whose terminals do not scroll within margins by `CSI S`."""


def _terminal() -> TextIO:
    """Return where Textual writes, too."""
    if sys.__stderr__ is None:
        raise RuntimeError("no terminal to draw on: standard error is closed")
    return sys.__stderr__


class DeltaDriver(LinuxDriver):
    """Textual's Linux driver; sends only differences and notices a lost terminal."""

    _output: Output | None = None
    _gone = False
    _last_resort: threading.Timer | None = None

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        term = os.environ.get("TERM", "")
        if self._output is None:
            self._output = Output(
                _terminal().fileno(),
                encoding=_terminal().encoding,
                size=self._rows_and_columns,
                gone=self._terminal_gone,
                broken=self._drawing_failed,
                scrolls=term not in _WITHOUT_SCROLL,
                signs=signs_of(term, _terminal().encoding),
            )
        self._output.start()
        super().start_application_mode()  # type: ignore[no-untyped-call] # as Textual ships it
        if self._writer_thread is not None:  # the queue that this driver does without
            self._writer_thread.stop()

    def process_message(self, message: Message) -> None:
        """Pass on keys and the terminal's answers, in the input thread."""
        if self._output is not None and isinstance(message, TerminalSupportsSynchronizedOutput):
            self._output.answered()
        super().process_message(message)

    def write(self, data: str) -> None:
        """Pass what the app writes, in whole sequences, to the output."""
        if self._output is not None:
            self._output.write(data)

    def flush(self) -> None:
        """Tell the output that a frame is complete."""
        if self._output is not None:
            self._output.flush()

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        if self._output is not None and not self._gone:
            self._output.hush(HUSH_SECONDS)
        super().stop_application_mode()

    def close(self) -> None:
        """Send what is left."""
        if self._last_resort is not None:
            self._last_resort.cancel()
        if self._output is not None:
            self._output.stop()

    def _rows_and_columns(self) -> tuple[int, int]:
        try:
            columns, rows = os.get_terminal_size(_terminal().fileno())
        except OSError:
            columns, rows = shutil.get_terminal_size()
        return max(1, rows), max(1, columns)

    def _terminal_gone(self) -> None:
        """End the app; by force if it does not come to an end."""
        if self._gone:
            return
        self._gone = True
        if self._output is not None:
            self._output.abandon()
        self._last_resort = threading.Timer(GONE_SECONDS, os._exit, (GONE_STATUS,))
        self._last_resort.daemon = True
        self._last_resort.start()
        self._loop.call_soon_threadsafe(self._app.exit, None, GONE_STATUS)

    def _drawing_failed(self, error: Exception) -> None:
        """End the app as by an error of its own: it would go on without a picture."""
        self._loop.call_soon_threadsafe(self._tell, error)

    def _tell(self, error: Exception) -> None:
        try:
            raise error
        except Exception as raised:  # noqa: BLE001 - Textual tells the one that is being handled
            self._app._handle_exception(raised)

    def run_input_thread(self) -> None:
        """Read keys until told to stop, or until there is no terminal any more."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        poll = select.poll()
        poll.register(self.fileno, select.POLLIN)
        while not self.exit_event.is_set():
            if poll.poll(_POLL_MILLISECONDS):
                text = decode(self._read())
                if self._gone:
                    return
                for message in parser.feed(text) if text else ():
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)
        try:
            for message in parser.feed(""):
                self.process_message(message)
        except (EOFError, ParseError):
            pass  # an unfinished sequence at the end is nobody's

    def _read(self) -> bytes:
        try:
            data = os.read(self.fileno, 4096)
        except OSError:
            data = b""
        if not data:
            self._terminal_gone()
        return data
