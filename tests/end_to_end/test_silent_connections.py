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

from tests.end_to_end.programs import SECONDS, Program

pytestmark = pytest.mark.needs_root
STRANGERS = ("nobody", "sys", "man", "proxy")
VIEWER, OPERATOR, OTHER, LEAD = "mail", "games", "news", "backup"
EACH = 25
"""Connections that each stranger tries to hold: a hundred together."""
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
    made.settimeout(SECONDS)
    with acting_as(name):
        made.connect(str(path))
    return made


def answer(path: Path, name: str) -> bytes:
    """What that account is told, to the end."""
    with knock(path, name) as made:
        made.sendall(ASK)
        told = b""
        while piece := made.recv(65536):
            told += piece
    return told


class Silence:
    """A hundred connections of strangers, each opened anew as soon as it is closed.

    `ended` counts those that were let in and closed for their silence.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.opened = 0
        self.ended = 0
        self._held = selectors.DefaultSelector()

    def hold(self) -> None:
        """Open again what was closed."""
        for key, _events in self._held.select(0):
            made = key.fileobj
            assert isinstance(made, socket.socket)
            name, told = key.data
            with contextlib.suppress(ConnectionResetError):
                if made.recv(65536):  # that there is no room; the end comes next
                    self._held.modify(made, selectors.EVENT_READ, (name, True))
                    continue
            self.ended += not told
            self._held.unregister(made)
            made.close()
            self._open(name)

    def begin(self) -> None:
        for name in STRANGERS:
            for _ in range(EACH):
                self._open(name)

    def _open(self, name: str) -> None:
        self._held.register(knock(self.path, name), selectors.EVENT_READ, (name, False))
        self.opened += 1

    def end(self) -> None:
        for key in list(self._held.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._held.close()


@pytest.mark.parametrize("ended", [16, pytest.param(192, marks=pytest.mark.long)])
def test_every_operator_is_served_while_strangers_hold_a_hundred_silent_connections(
    nocd: Path, ended: int, record_property: Callable[[str, object], None]
) -> None:
    """Whoever was served no sooner than a silence ends, five seconds later, would not be served
    as often before the test's own limit.
    """
    silence = Silence(nocd)
    silence.begin()
    served = dict.fromkeys((VIEWER, OPERATOR, OTHER, LEAD), 0)
    try:
        while silence.ended < ended or min(served.values()) < EACH:
            for name in served:
                silence.hold()
                said = answer(nocd, name)
                assert said.startswith(b"HTTP/1.1 200 "), (name, said)
                served[name] += 1
            time.sleep(0.02)
    finally:
        silence.end()
    record_property(
        "silence", f"{silence.opened} silent connections, {silence.ended} ended; served {served}"
    )


def test_an_account_without_a_role_is_told_so_and_closed(nocd: Path) -> None:
    told = answer(nocd, "nobody")
    assert told.startswith(b"HTTP/1.1 403 ")
    assert b"nobody" in told.partition(b"\r\n\r\n")[2]


def test_connections_of_operators_leave_room_for_leads(nocd: Path) -> None:
    held = [knock(nocd, name) for name in (OPERATOR, OTHER, VIEWER) for _ in range(128)]
    held += [knock(nocd, "nobody") for _ in range(8)]
    try:
        assert answer(nocd, LEAD).startswith(b"HTTP/1.1 200 ")
    finally:
        for made in held:
            made.close()
