"""Several Unix accounts, as on a bastion: those that every Debian has serve as operators."""

import fcntl
import grp
import os
import pty
import pwd
import select
import struct
import subprocess
import termios
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.programs import ROOT, SECONDS
from tests.widgets.terminal.pty_session import Wire

CODE = ("noc_tui", "widgets", "storage")


def readable_python() -> str:
    """An interpreter with the product's libraries that every account may run, or skip."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to act as other accounts")
    python = os.environ.get("NOC_TEST_PYTHON")
    if not python:
        pytest.skip("needs NOC_TEST_PYTHON, an interpreter that every account may run")
    return python


def copy_code(target: Path) -> None:
    """Put the product where every account may read it, as old as it is: so it stays compiled."""
    target.mkdir()
    subprocess.run(["cp", "-rp", *(str(ROOT / name) for name in CODE), str(target)], check=True)
    subprocess.run(["chmod", "-R", "a+rX", str(target)], check=True)


@dataclass(frozen=True, slots=True)
class Account:
    """A Unix account, and what it is in: its own group and the operators' group."""

    name: str
    group: str

    def run(self, *command: str, directory: Path) -> subprocess.CompletedProcess[str]:
        """Run a program as this account."""
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=directory,
            env=self.environment,
            **self.identity,
        )

    @property
    def identity(self) -> dict[str, Any]:
        """How a process is started as this account; as it is, for the account of the tests."""
        if os.geteuid() == pwd.getpwnam(self.name).pw_uid != 0:
            return {}
        return {
            "user": self.name,
            "group": pwd.getpwnam(self.name).pw_gid,
            "extra_groups": [grp.getgrnam(self.group).gr_gid],
        }

    @property
    def environment(self) -> dict[str, str]:
        """What an SSH session would give it."""
        return {
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
        }


@dataclass(slots=True)
class Terminal:
    """A program of an account on a terminal of its own, and what is seen there."""

    process: subprocess.Popen[bytes]
    file: int
    wire: Wire

    @classmethod
    def open(
        cls, account: Account, *command: str, directory: Path, rows: int = 36, cols: int = 120
    ) -> "Terminal":
        """Start it."""
        ours, theirs = pty.openpty()
        os.set_blocking(ours, False)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=directory,
            env=account.environment,
            **account.identity,
            start_new_session=True,
        )
        os.close(theirs)
        return cls(process, ours, Wire(rows, cols))

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.file, keys.encode())

    def read(self) -> None:
        """Show what has come."""
        os.write(self.file, self.wire.take(os.read(self.file, 1 << 20)))

    def shows(self, words: str, seconds: float = SECONDS) -> bool:
        """Whether a line with these words comes within that time."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if any(words in line for line in self.wire.screen.lines()):
                return True
            if select.select([self.file], [], [], 0.2)[0]:
                try:
                    self.read()
                except OSError:
                    return False
        return False

    def close(self) -> None:
        """The terminal goes away, as when a link drops; the program must end by itself."""
        os.close(self.file)
        self.process.wait(SECONDS)
