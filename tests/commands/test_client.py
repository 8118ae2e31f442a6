"""A command's way to `nocd`: whatever answers, a sentence and the exit code that scripts know."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from noc_tui.commands.client import Health, Nocd
from noc_tui.commands.failure import CommandFailure

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
    with answering(path, said), Nocd(str(path)) as nocd, pytest.raises(CommandFailure) as failed:
        nocd.get("/v1/health", Health)
    assert failed.value.code == 3
    assert str(path) in str(failed.value)


def test_a_name_that_no_address_holds_is_bad_input(tmp_path: Path) -> None:
    with Nocd(str(tmp_path / "s")) as nocd, pytest.raises(CommandFailure) as failed:
        nocd.post("/v1/credits/a\nb/2026-01/grant", dict, {})
    assert failed.value.code == 2
