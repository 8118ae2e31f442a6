"""Accounts without a role hold what they can of the socket; those with one are served."""

import contextlib
import os
import pwd
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.end_to_end.programs import Program

pytestmark = pytest.mark.needs_root
STRANGERS = ("nobody", "sys", "man", "proxy")
VIEWER, OPERATOR, OTHER, LEAD = "mail", "games", "news", "backup"
EACH = 25
"""Connections that each stranger tries to hold: a hundred together."""
SOON = 4.0
"""Sooner than a stranger's silence is ended."""
CONFIG = f"""
[database]
path = "database/noc.db"
[socket]
path = "nocd.sock"
[roles.viewer]
users = ["{VIEWER}"]
[roles.operator]
users = ["{OPERATOR}", "{OTHER}"]
[roles.lead]
users = ["{LEAD}"]
"""
ASK = b"GET /v1/whoami HTTP/1.1\r\nHost: nocd\r\n\r\n"


@pytest.fixture
def nocd() -> Iterator[Path]:
    """The daemon outside a demo, without a cluster; its socket."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to connect as other accounts")
    with TemporaryDirectory(prefix="noc-socket-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        file = directory / "noc.toml"
        file.write_text(CONFIG)
        program = Program.start("nocd", "--config", str(file))
        try:
            yield directory / "nocd.sock"
        finally:
            assert program.stop() == 0


@contextmanager
def acting_as(name: str) -> Iterator[None]:
    """With the uid of that account: the kernel tells it to whoever is connected to."""
    os.seteuid(pwd.getpwnam(name).pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


def knock(path: Path, name: str) -> socket.socket:
    """A connection of that account."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.settimeout(SOON)
    with acting_as(name):
        made.connect(str(path))
    return made


def answer(path: Path, name: str) -> tuple[bytes, float]:
    """What that account is told, to the end, and how long it took."""
    begun = time.monotonic()
    with knock(path, name) as made:
        made.sendall(ASK)
        told = b""
        while piece := made.recv(65536):
            told += piece
    return told, time.monotonic() - begun


class Silence:
    """A hundred connections of strangers, each opened anew as soon as it is closed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.opened = 0
        self._held = selectors.DefaultSelector()

    def hold(self) -> None:
        """Open again what was closed."""
        for key, _events in self._held.select(0):
            made = key.fileobj
            assert isinstance(made, socket.socket)
            with contextlib.suppress(ConnectionResetError):
                if made.recv(65536):
                    continue  # told that there is no room; the end comes next
            self._held.unregister(made)
            made.close()
            self._open(key.data)

    def begin(self) -> None:
        for name in STRANGERS:
            for _ in range(EACH):
                self._open(name)

    def _open(self, name: str) -> None:
        self._held.register(knock(self.path, name), selectors.EVENT_READ, name)
        self.opened += 1

    def end(self) -> None:
        for key in list(self._held.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._held.close()


@pytest.mark.parametrize("seconds", [6, pytest.param(60, marks=pytest.mark.long)])
def test_every_operator_is_served_while_strangers_hold_a_hundred_silent_connections(
    nocd: Path, seconds: float, record_property: Callable[[str, object], None]
) -> None:
    silence = Silence(nocd)
    silence.begin()
    served = dict.fromkeys((VIEWER, OPERATOR, OTHER, LEAD), 0)
    slowest = 0.0
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            for name in served:
                silence.hold()
                said, took = answer(nocd, name)
                assert said.startswith(b"HTTP/1.1 200 "), (name, said)
                assert took < SOON, (name, took)
                served[name] += 1
                slowest = max(slowest, took)
            time.sleep(0.05)
    finally:
        silence.end()
    told = f"{silence.opened} silent connections; served {served}; slowest {slowest:.3f} s"
    record_property("silence", told)
    assert silence.opened > len(STRANGERS) * EACH
    assert min(served.values()) > seconds / 2


def test_an_account_without_a_role_is_told_so_and_closed(nocd: Path) -> None:
    told, took = answer(nocd, "nobody")
    assert told.startswith(b"HTTP/1.1 403 ")
    assert b"nobody" in told.partition(b"\r\n\r\n")[2]
    assert took < SOON


def test_connections_of_operators_leave_room_for_leads(nocd: Path) -> None:
    held = [knock(nocd, name) for name in (OPERATOR, OTHER, VIEWER) for _ in range(128)]
    held += [knock(nocd, "nobody") for _ in range(8)]
    try:
        told, _took = answer(nocd, LEAD)
        assert told.startswith(b"HTTP/1.1 200 ")
    finally:
        for made in held:
            made.close()
