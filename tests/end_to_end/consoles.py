"""Consoles on terminals of their own: `python -m tests.end_to_end.consoles`.

Each is a process, forked from one that has loaded what consoles import. Each line of its input is a
terminal and the words of a command; its output has the number of the process that runs there, then
how it ended.
"""

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from noc_tui import cli
from noc_tui.console.modes import MODES
from tests.widgets.terminal.pty_session import Session, environment

ROOT = Path(__file__).parents[2]
LOADED = (
    "noc_tui.commands.console",
    "noc_tui.console.app",
    "noc_tui.console.screens.suspension.screen",
)


class Consoles:
    """The process that consoles are forked from, one after another."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.consoles"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=environment(),
        )

    def start(self, terminal: str, words: Sequence[str]) -> int:
        """A console there; the number of its process."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([terminal, *words]).encode() + b"\n")
        self._process.stdin.flush()
        return self.line()

    def line(self) -> int:
        """The next number it says."""
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """No more consoles."""
        self._process.communicate()


class Console(Session):
    """`noc-tui` with these words, in such a process."""

    def __init__(self, consoles: Consoles, words: Sequence[str]) -> None:
        self._consoles = consoles
        super().__init__(words, rows=40, cols=110)

    def _start(self, argv: Sequence[str]) -> None:
        # The other end stays open here: what is read is then never cut off by a process's end.
        self.fd, self._theirs = os.openpty()
        self._size(40, 110)
        self.pid = self._consoles.start(os.ttyname(self._theirs), argv)

    def gone(self) -> int:
        """Wait for its end; its exit code, negative for a signal."""
        self.pid = 0
        return self._consoles.line()

    def close(self) -> None:
        """The console, if it still runs, and both ends of its terminal."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self.gone()
        if self._theirs >= 0:
            os.close(self._theirs)
            self._theirs = -1
        super().close()


def _run(terminal: str, words: Sequence[str]) -> int:
    """A console whose controlling terminal that is."""
    os.setsid()
    file = os.open(terminal, os.O_RDWR)
    for number in range(3):
        os.dup2(file, number)
    return cli.main(words)


def main() -> None:
    """One console after another, until the input ends."""
    for module in (*LOADED, *(mode.module for mode in MODES)):
        import_module(module)
    gc.freeze()
    while line := sys.stdin.readline():
        terminal, *words = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(_run(terminal, words))
        os.write(1, b"%d\n" % child)
        _pid, status = os.waitpid(child, 0)
        os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
