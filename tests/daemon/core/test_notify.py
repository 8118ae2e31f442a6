"""The service manager is told; what it does with it never fails the one who tells."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from noc_tui.commands import demo_processes
from noc_tui.daemon.core.notify import Watchdog, notify, watchdog_seconds
from tests.support.waiting import PATIENCE_SECONDS


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind(str(path))
        made.settimeout(PATIENCE_SECONDS)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        yield made


def test_the_manager_is_told(manager: socket.socket) -> None:
    notify("READY=1")
    assert manager.recv(100) == b"READY=1"


@pytest.mark.parametrize("address", ["/nonexistent/x", "@nobody-listens", "/", "x" * 300])
def test_a_manager_out_of_reach_fails_nobody(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify("READY=1")


def test_a_manager_that_reads_nothing_holds_nobody_up(manager: socket.socket) -> None:
    for _ in range(10_000):  # far more than the socket holds
        notify("WATCHDOG=1")


@pytest.mark.parametrize(
    ("text", "seconds"), [("300000000", 300.0), ("", None), ("0", None), ("9" * 99, None)]
)
def test_the_managers_patience(
    text: str, seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", text)
    assert watchdog_seconds() == seconds


class Times:
    """A watchdog over a clock of the test's own, and what it told."""

    def __init__(self, *clusters: str, seconds: float | None = 60.0) -> None:
        self.at = 1000.0
        self.told: list[str] = []
        self.dog = Watchdog(seconds, self.told.append, lambda: self.at)
        self.dog.expect(clusters)


def test_each_poll_is_a_sign_of_life() -> None:
    times = Times("rennes")
    for _ in range(3):
        times.at += 10
        times.dog.polled("rennes")
    assert times.told == ["WATCHDOG=1"] * 3


def test_one_cluster_that_is_polled_no_longer_ends_the_signs() -> None:
    times = Times("rennes", "nantes")
    times.dog.polled("rennes")
    times.at += 59
    times.dog.polled("nantes")
    told = len(times.told)
    times.at += 2
    times.dog.polled("nantes")
    times.dog.idle()
    assert (told, len(times.told)) == (2, 2)
    times.dog.polled("rennes")
    assert len(times.told) == 3


def test_without_a_cluster_the_loop_is_the_sign() -> None:
    times = Times()
    times.dog.idle()
    assert times.told == ["WATCHDOG=1"]


def test_nobody_who_waits_for_no_sign_is_told() -> None:
    times = Times("rennes", seconds=None)
    times.dog.polled("rennes")
    assert times.told == []


def test_a_demos_child_is_no_service_of_the_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "JOURNAL_STREAM"):
        monkeypatch.setenv(name, "outer")
    given = demo_processes._environment()
    assert "outer" not in given.values()
    assert given["PATH"] == os.environ["PATH"]
