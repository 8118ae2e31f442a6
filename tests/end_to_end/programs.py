"""The real programs as processes, for tests: a simulator, a daemon, commands."""

import argparse
import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

from noc_tui.cli import main
from noc_tui.clock import ScaledClock
from noc_tui.commands.demo_estate import Estate, configuration
from tests.end_to_end.at import mid_month

ROOT = Path(__file__).parents[2]
SECONDS = 60.0


class NotStarted(Exception):
    """A program ended before it was ready: its exit code and its last words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(slots=True)
class Program:
    """One of our programs, started; `ready` is the JSON line it printed."""

    process: subprocess.Popen[bytes]
    ready: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def start(cls, *words: str, at: datetime | None = None) -> "Program":
        """Start it, a demo at that instant if one is given, and read its line."""
        module = ["noc_tui"] if at is None else ["tests.end_to_end.at", at.isoformat()]
        process = subprocess.Popen(
            [sys.executable, "-m", *module, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            last_words = process.communicate(timeout=SECONDS)[1]
            raise NotStarted(process.returncode, last_words.decode())
        return cls(process, json.loads(line))

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def end_input(self) -> int:
        """Close its input, as a parent that goes does; its exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self._ended()

    def stop(self) -> int:
        """Ask it to stop as a service manager does; its exit code."""
        if not self.ended:
            self.process.send_signal(signal.SIGTERM)
        return self._ended()

    def interrupt(self) -> int:
        """Ctrl+C; its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self._ended()

    def kill(self) -> None:
        """SIGKILL: no last words."""
        self.process.kill()
        self._ended()

    def _ended(self) -> int:
        code = self.process.wait(SECONDS)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return code


@dataclass(slots=True)
class Scene:
    """A simulated estate and its daemon, in a directory, in accelerated time."""

    directory: Path
    estate: Estate
    simulator: Program
    config: Path
    nocd: Program

    def command(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `noc-tui` with this scene's configuration."""
        return subprocess.run(
            [sys.executable, "-m", "noc_tui", "--config", str(self.config), *words],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=ROOT,
            env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
            check=False,
        )

    def status(self) -> tuple[int, dict[str, Any]]:
        """`status --json`: the exit code and the document."""
        done = self.command("status", "--json")
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The same in English in this process: what a command says, without a program's start."""
        words = ("--lang", "en", "--config", str(self.config), *words)
        with redirect_stdout(_paper()) as out, redirect_stderr(_paper()) as err:
            code = main(words)
        for stream in (out, err):
            stream.seek(0)
        return subprocess.CompletedProcess(words, code, out.read(), err.read())

    def fresh(self) -> bool:
        """Whether every source is fresh."""
        return self.call("status").returncode == 0

    def mend(self) -> None:
        """Everything at work and fresh again, as configured first, whatever a test did."""
        if self.simulator.ended:
            self.start_simulator()
        if self.nocd.ended:
            configuration(self.estate, self.simulator.ready)
            self.start_nocd()
        until(self.fresh, "a fresh look")

    def start_simulator(self) -> None:
        """The simulator again, at the ports it had."""
        self.simulator = Program.start(*self.estate.simulator_arguments())

    def start_nocd(self) -> None:
        """The daemon again."""
        self.nocd = Program.start("nocd", "--config", str(self.config))


def _paper() -> TextIOWrapper:
    return TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True)


ROW = 40
"""Ports that are taken together."""
_ROWS: list[socket.socket] = []


def free_ports() -> int:
    """The first of `ROW` ports that nobody has, and that no other run of tests on this machine
    takes as long as this one lasts.
    """
    for first in range(20_000, 32_000, ROW):  # below those that the system gives to clients
        if _reserve(first) and all(_is_free(port) for port in range(first, first + ROW)):
            return first
    raise AssertionError("no row of free ports")


def _reserve(first: int) -> bool:
    """Whether the row is ours now: a name in the kernel says so, and goes with the process."""
    name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        name.bind(f"\0noc-tui-tests-ports-{first}")
    except OSError:
        name.close()
        return False
    _ROWS.append(name)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def listens(port: int) -> bool:
    """Whether somebody does, on loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something that must come; fail naming it."""
    limit = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < limit, f"never came: {what}"
        time.sleep(0.05)


@contextmanager
def scene(
    directory: Path,
    speed: float = 30,
    configured: Callable[[str], str] = str,
    at: datetime | None = None,
    **asked: object,
) -> Iterator[Scene]:
    """The programs, seen by their daemon once, all ended in the end.

    `configured` makes the configuration's text another one; the clock begins `at` that instant,
    else in the middle of a month.
    """
    usual = {"guests": 40, "tenants": 4, "seed": 7, "scenario": "calm", "port": free_ports()}
    arguments = argparse.Namespace(**{**usual, "speed": speed, **asked})
    begun = Estate.of(arguments, directory, directory / "nocd.sock")
    clock = ScaledClock.starting(at or mid_month(), arguments.speed)
    estate = dataclasses.replace(begun, clock=clock)
    simulator = Program.start(*estate.simulator_arguments())
    try:
        config = configuration(estate, simulator.ready)
        config.write_text(configured(config.read_text()))
        nocd = Program.start("nocd", "--config", str(config))
    except BaseException:
        simulator.kill()
        raise
    played = Scene(directory, estate, simulator, config, nocd)
    try:
        until(played.fresh, "a first fresh look")
        yield played
    finally:
        played.nocd.stop()
        played.simulator.kill()
