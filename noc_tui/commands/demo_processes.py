"""The demo's child processes: started, watched until ready, ended with their parent."""

import contextlib
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

END_SECONDS = 10
_MANAGERS = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "JOURNAL_STREAM"}


class ChildFailure(Exception):
    """A child ended or kept silent before it was ready: its own last words, and its exit code."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


class Child:
    """One program of ours. Its standard input is a pipe of ours: when we end, it ends.

    `words` are a module and its arguments.
    """

    def __init__(self, name: str, words: Sequence[str], directory: Path) -> None:
        self._name = name
        self._log = directory / f"{name}.log"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 -- our own program
                [sys.executable, "-m", *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=_environment(),
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end()

    def first_line(self, timeout: float) -> dict[str, Any]:
        """The JSON line that the child prints when it is ready. Raises `ChildFailure`."""
        assert self._process.stdout is not None  # noqa: S101 -- opened above
        line = _line(self._process.stdout.fileno(), time.monotonic() + timeout)
        try:
            described: dict[str, Any] = msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.DecodeError:
            code = self.end() or 3
            raise ChildFailure(f"{self._name}: {self._last_words()}", code) from None
        return described

    def finish(self, timeout: float) -> None:
        """Wait for a child that ends by itself. Raises `ChildFailure`."""
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            code = 3
        if code:
            raise ChildFailure(f"{self._name}: {self._last_words()}", code)

    def end(self) -> int:
        """Ask the child to end by closing its input, then with signals; its exit code."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        for ask in (self._process.terminate, self._process.kill):
            try:
                return self._process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                ask()
        return self._process.wait()

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1].removeprefix("noc-tui simulator: ") if lines else "ended without a word"


def _environment() -> dict[str, str]:
    """Ours, but for the service manager that may have started us: a child is no service of its."""
    own = {key: value for key, value in os.environ.items() if key not in _MANAGERS}
    return {**own, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}


def _line(file: int, deadline: float) -> bytes:
    """The first line of a pipe; what there is of it when the pipe ends or time is up."""
    line = b""
    with selectors.DefaultSelector() as selector:
        selector.register(file, selectors.EVENT_READ)
        while not line.endswith(b"\n"):
            if not selector.select(max(0.0, deadline - time.monotonic())):
                break
            piece = os.read(file, 65536)
            if not piece:
                break
            line += piece
    return line
