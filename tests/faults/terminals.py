"""Consoles and commands on terminals that go away, change their size, or can do little."""

import asyncio
import fcntl
import os
import pty
import random
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from tests.faults.estate import ROOT, Ground, ground
from tests.faults.figures import Family, Lost

SYNC_QUERY, SYNC_ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
SECONDS = 240.0
"""Against hanging only: a storm is 200 pictures, and a busy machine draws one a second."""


class Terminal:
    """A program on a terminal of its own, which has no opinion on what is drawn."""

    def __init__(self, argv: list[str], environment: Mapping[str, str]) -> None:
        self.told = bytearray()
        self.code: int | None = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.execve(argv[0], argv, dict(environment))  # noqa: S606 -- the program under test
        self.size(30, 100)

    def size(self, rows: int, cols: int) -> None:
        """Another size."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def type(self, keys: bytes) -> None:
        """Press keys."""
        with suppress(OSError):
            os.write(self.fd, keys)

    def look(self, seconds: float, until: bytes = b"") -> bool:
        """Take in what is drawn for so long, or until those bytes came after now."""
        begun, end = len(self.told), time.monotonic() + seconds
        while time.monotonic() < end and self.fd >= 0:
            if until and until in self.told[begun:]:
                return True
            if not select.select([self.fd], [], [], 0.05)[0]:
                if self.ended():
                    break
                continue
            try:
                drawn = os.read(self.fd, 1 << 16)
            except OSError:
                break
            self.told += drawn
            if SYNC_QUERY in drawn:
                self.type(SYNC_ANSWER)
        return bool(until) and until in self.told[begun:]

    def ended(self) -> bool:
        """Whether the program is over."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    def end(self, seconds: float) -> None:
        """Wait for its end; raises `Lost` when it goes on."""
        limit = time.monotonic() + seconds
        while not self.ended():
            if time.monotonic() > limit:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                self.code = -9
                raise Lost(f"it did not end within {seconds:.0f} s; {bytes(self.told[-200:])!r}")
            if self.fd >= 0:
                self.look(0.05)

    def hang_up(self) -> None:
        """The terminal goes away."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def close(self) -> None:
        """Everything goes away."""
        self.hang_up()
        if not self.ended():
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.code = -9


Play = Callable[[Ground, random.Random], None]


def _environment(**other: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("LC_ALL", "LANG")}
    return {**kept, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **other}


def _opened(there: Ground, **environment: str) -> Terminal:
    command = [sys.executable, "-m", "noc_tui", "--config", str(there.config)]
    return Terminal(command, _environment(**environment))


def _console(act: Callable[[Terminal, random.Random], None], **environment: str) -> Play:
    """A console that shows the estate, to which something happens, and that ends well after it."""

    def play(there: Ground, chance: random.Random) -> None:
        terminal = _opened(there, **environment)
        try:
            if not terminal.look(SECONDS, b"rennes"):
                raise Lost(f"it never showed the estate: {bytes(terminal.told[-300:])!r}")
            act(terminal, chance)
            terminal.end(SECONDS)
            if b"Traceback" in terminal.told:
                raise Lost(f"a traceback: {bytes(terminal.told[-600:])!r}")
        finally:
            terminal.close()

    return play


def _quits(terminal: Terminal, _chance: random.Random) -> None:
    terminal.type(b"q")


def _hung_up(terminal: Terminal, chance: random.Random) -> None:
    terminal.type(chance.choice((b"", b"3", b"/x", b"?", b"\x10")))
    terminal.look(chance.random() * 0.5)
    terminal.hang_up()


def _signalled(number: signal.Signals) -> Callable[[Terminal, random.Random], None]:
    def act(terminal: Terminal, chance: random.Random) -> None:
        terminal.look(chance.random() * 0.3)
        os.kill(terminal.pid, number)

    return act


def _resized(terminal: Terminal, chance: random.Random) -> None:
    for number in range(200):
        terminal.size(chance.choice((1, 2, 5, 24, 50, 200)), chance.choice((1, 3, 20, 80, 300)))
        if number % 10 == 0:
            terminal.type(chance.choice((b"1", b"2", b"3", b"4", b"\x1b[B")))
        terminal.look(0.01)
    terminal.size(30, 100)
    if not terminal.look(5, b"rennes"):
        terminal.type(b"1")
    limit = time.monotonic() + SECONDS
    while not terminal.ended() and time.monotonic() < limit:
        terminal.type(b"q")
        terminal.look(3)


def _little(**environment: str) -> Play:
    """Where little can be shown, the console shows it or says in a sentence why not."""

    def play(there: Ground, _chance: random.Random) -> None:
        terminal = _opened(there, **environment)
        try:
            terminal.look(SECONDS / 2, b"rennes")
            terminal.type(b"q")
            terminal.end(SECONDS)
            if b"Traceback" in terminal.told or not terminal.told:
                raise Lost(f"code {terminal.code}: {bytes(terminal.told[-600:])!r}")
        finally:
            terminal.close()

    return play


def _piped(*words: str, **environment: str) -> Play:
    """A command whose reader leaves after the first byte."""

    def play(there: Ground, _chance: random.Random) -> None:
        with subprocess.Popen(
            [sys.executable, "-m", "noc_tui", "--config", str(there.config), *words],
            cwd=ROOT,
            env=_environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as program:
            assert program.stdout is not None
            assert program.stderr is not None
            program.stdout.read(1)
            program.stdout.close()
            try:
                program.wait(SECONDS)
            except subprocess.TimeoutExpired:
                program.kill()
                raise Lost("it did not end") from None
            said = program.stderr.read()
        if b"Traceback" in said or b"Exception ignored" in said:
            raise Lost(f"{said[-400:]!r}")

    return play


def _closed(there: Ground, _chance: random.Random) -> None:
    """The console without any terminal: a sentence, and an end."""
    done = subprocess.run(
        [sys.executable, "-m", "noc_tui", "--config", str(there.config)],
        cwd=ROOT,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        check=False,
    )
    if b"Traceback" in done.stdout:
        raise Lost(f"{done.stdout[-400:]!r}")


PLAYS: Mapping[str, Play] = {
    "hung up": _console(_hung_up),
    "resize storm": _console(_resized),
    "TERM=dumb": _little(TERM="dumb"),
    "no UTF-8": _little(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"),
    "closed pipe": _piped("status"),
    "SIGHUP": _console(_signalled(signal.SIGHUP)),
    "SIGTERM": _console(_signalled(signal.SIGTERM)),
    "no TERM": _little(TERM=""),
    "unknown TERM": _little(TERM="no-such-terminal"),
    "TERM=linux": _console(_quits, TERM="linux"),
    "NO_COLOR": _console(_quits, NO_COLOR="1"),
    "Latin-1": _little(LC_ALL="fr_FR.ISO-8859-1", PYTHONUTF8="0", PYTHONIOENCODING="latin-1"),
    "closed pipe, JSON": _piped("status", "--json"),
    "closed pipe, no UTF-8": _piped("status", LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii"),
    "no terminal at all": _closed,
}


async def run(directory: Path, seed: int, count: int) -> Family:
    """So many terminals, each kind in turn, while `nocd` is at work."""
    family = Family("terminals")
    async with ground(directory / "ground", seed) as there:
        await there.start()
        await there.healthy()
        for number in range(count):
            name = list(PLAYS)[number % len(PLAYS)]
            pid, cause = there.pid, ""
            try:
                await asyncio.to_thread(PLAYS[name], there, random.Random(f"{seed} {number}"))
                if there.pid != pid or not there.alive:
                    raise Lost("nocd ended")
                await there.healthy()
                await there.check()
            except (Lost, subprocess.TimeoutExpired) as lost:
                cause = str(lost)
            family.count(name, cause)
    return family
