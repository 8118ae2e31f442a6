"""`nocd` and who manages it: SIGHUP, readiness, signs of life, priorities of the log."""

import json
import os
import pwd
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.programs import ROOT, SECONDS, until

ME = pwd.getpwuid(os.getuid()).pw_name
CONFIG = f"""
[database]
path = "database/noc.db"
[socket]
path = "nocd.sock"
[roles.operator]
users = ["{ME}"]
[[canary]]
name = "one"
target = "tcp://127.0.0.1:9"
"""
ASK = b"GET /v1/whoami HTTP/1.1\r\nHost: nocd\r\n\r\n"


@dataclass
class Managed:
    """The daemon, started as a service manager does, and what it told."""

    directory: Path
    process: subprocess.Popen[bytes]
    manager: socket.socket
    log: Path

    def told(self) -> str:
        """The next state that the manager is told."""
        return self.manager.recv(4096).decode()

    def events(self) -> list[dict[str, object]]:
        """Every line of the log, without its priority."""
        lines = self.log.read_text().splitlines()
        return [json.loads(line[line.index("{") :]) for line in lines if "{" in line]

    def rewrite(self, before: str, after: str) -> None:
        file = self.directory / "noc.toml"
        text = file.read_text()
        assert before in text
        file.write_text(text.replace(before, after))

    def hang_up(self) -> str:
        """SIGHUP; the state that is told when it has been dealt with."""
        self.process.send_signal(signal.SIGHUP)
        return self.told()

    def role(self) -> str | None:
        """Which role the socket says that this account has."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
            made.settimeout(SECONDS)
            made.connect(str(self.directory / "nocd.sock"))
            made.sendall(ASK)
            said = b""
            while piece := made.recv(65536):
                said += piece
        body = json.loads(said.partition(b"\r\n\r\n")[2])
        role: str | None = body.get("role")
        return role


@contextmanager
def managed(directory: Path, journal: bool = False) -> Iterator[Managed]:
    (directory / "noc.toml").write_text(CONFIG)
    log = directory / "log"
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(directory / "notify"))
    manager.settimeout(SECONDS)
    with log.open("wb") as stderr:
        found = os.fstat(stderr.fileno())
        environment = {
            **os.environ,
            "NOTIFY_SOCKET": str(directory / "notify"),
            "WATCHDOG_USEC": "300000000",
            "JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}" if journal else "",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "noc_tui", "nocd", "--config", str(directory / "noc.toml")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            cwd=ROOT,
            env=environment,
        )
    made = Managed(directory, process, manager, log)
    try:
        # Without a cluster the loop itself gives the sign of life, before or after it is ready.
        assert {made.told(), made.told()} == {"READY=1", "WATCHDOG=1"}
        yield made
    finally:
        process.terminate()
        process.wait(SECONDS)
        manager.close()


@pytest.fixture
def nocd(tmp_path: Path) -> Iterator[Managed]:
    with managed(tmp_path) as made:
        yield made
        assert made.process.poll() is None, "it ended by itself"


def test_a_hangup_takes_over_roles_at_once(nocd: Managed) -> None:
    assert nocd.role() == "operator"
    nocd.rewrite("[roles.operator]", "[roles.lead]")
    assert nocd.hang_up() == "STATUS=configuration reloaded"
    assert nocd.role() == "lead"
    (reloaded,) = (one for one in nocd.events() if one["event"] == "configuration reloaded")
    assert reloaded["keys"] == ["roles.lead", "roles.operator"]


def test_a_key_that_needs_a_restart_is_refused_by_its_name(nocd: Managed) -> None:
    nocd.rewrite("[socket]", "[poll]\nfast = 3\n[socket]")
    nocd.rewrite("127.0.0.1:9", "127.0.0.1:10")
    assert nocd.hang_up() == "STATUS=configuration reloaded; restart for poll.fast"
    (refused,) = (one for one in nocd.events() if "needs a restart" in str(one["event"]))
    assert (refused["keys"], refused["level"]) == (["poll.fast"], "error")
    (reloaded,) = (one for one in nocd.events() if one["event"] == "configuration reloaded")
    assert reloaded["keys"] == ["canary (one)"]
    recorded = nocd.directory / "database" / "noc.db"
    until(lambda: b"configuration.reloaded" in _bytes_of(recorded), "the entry")


def _bytes_of(database: Path) -> bytes:
    wal = database.with_name("noc.db-wal")
    return database.read_bytes() + (wal.read_bytes() if wal.exists() else b"")


def test_a_configuration_with_a_mistake_changes_nothing(nocd: Managed) -> None:
    nocd.rewrite("[roles.operator]", "[roles.nobody]")
    assert nocd.hang_up().startswith("STATUS=configuration not reloaded: ")
    assert nocd.role() == "operator"


def test_the_level_of_the_log_follows(nocd: Managed) -> None:
    nocd.rewrite("[socket]", '[log]\nlevel = "error"\n[socket]')
    nocd.hang_up()
    assert [one for one in nocd.events() if one["event"] == "configuration reloaded"] == []


def test_lines_have_their_priority_where_the_journal_reads_them(tmp_path: Path) -> None:
    with managed(tmp_path, journal=True) as nocd:
        nocd.rewrite("[socket]", "[poll]\nfast = 3\n[socket]")
        nocd.hang_up()
        lines = nocd.log.read_text().splitlines()
    assert all(line.startswith("<") for line in lines)
    assert any(line.startswith("<3>{") and "needs a restart" in line for line in lines)
    assert any(line.startswith("<6>{") and "ready" in line for line in lines)
