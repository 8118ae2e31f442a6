"""A command's way to `nocd`: whatever answers, a sentence and the exit code that scripts know."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from noc_tui.api.core import HEALTH
from noc_tui.cli import main
from noc_tui.commands.daemon_requests import ask_at
from noc_tui.commands.failure import CommandFailure
from noc_tui.console.nocd.client import Nocd

STRANGE = {
    "not JSON": b"HTTP/1.1 502 Bad\r\nContent-Length: 5\r\n\r\nhello",
    "not an error's form": b"HTTP/1.1 400 Bad\r\nContent-Length: 2\r\n\r\n{}",
    "another shape": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "not text": b'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"\xff"',
    "half an answer": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
    "no HTTP": b"SSH-2.0-OpenSSH\r\n",
}


@contextmanager
def answering(path: Path, said: bytes) -> Iterator[None]:
    """A socket at which the first who asks is answered so."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(1)
        server.settimeout(30)  # a test that fails before it asks is not waited for

        def once() -> None:
            asked, _ = server.accept()
            with asked:
                asked.recv(4096)
                asked.sendall(said)

        thread = Thread(target=once)
        thread.start()
        try:
            yield
        finally:
            thread.join()


@pytest.mark.parametrize("said", STRANGE.values(), ids=STRANGE.keys())
def test_what_is_not_nocd_is_out_of_reach(tmp_path: Path, said: bytes) -> None:
    path = tmp_path / "s"
    with answering(path, said), pytest.raises(CommandFailure) as failed:
        ask_at(Nocd(path), HEALTH())
    assert failed.value.code == 3
    assert str(path) in str(failed.value)


def test_nobody_at_the_socket_is_out_of_reach(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with pytest.raises(CommandFailure) as failed:
        ask_at(Nocd(path), HEALTH())
    assert failed.value.code == 3
    assert str(failed.value).startswith(f"nocd does not answer on {path}: [Errno 2]")


def test_a_name_that_no_tenant_has_is_bad_input(tmp_path: Path) -> None:
    config = tmp_path / "noc.toml"
    database, socket = tmp_path / "noc.db", tmp_path / "s"
    config.write_text(f'[database]\npath = "{database}"\n[socket]\npath = "{socket}"\n')
    asked = ["sla", "grant", "--config", str(config), "--month", "2026-01", "--tenant"]
    assert main([*asked, "a\nb"]) == 2
    assert main([*asked, "acme"]) == 3
