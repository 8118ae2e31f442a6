"""What every test shares: one event loop backend, and no silent skip where CI has everything."""

import gc
import os
import sqlite3
from collections.abc import Callable, Generator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from noc_tui import i18n
from storage import connection

# An example takes as long as a busy machine lets it, and each run has the same ones: what fails
# once fails again. `make search` looks for others.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("noc", _PATIENT, derandomize=True, max_examples=60)
settings.register_profile("search", _PATIENT, max_examples=1000)
settings.load_profile("noc")

FAILED = pytest.StashKey[bool]()
NEEDS = ("needs_root", "needs_tmux", "needs_sshd")
WITHOUT_ROOT = ("needs root", "no file system can be mounted")
"""How a reason to skip begins where another run of the suite, as root, must make up for it."""


def pytest_xdist_auto_num_workers() -> int:
    """Four workers on two cores: while one waits for a program or a silence, another works."""
    return max(2, (os.cpu_count() or 1) * 2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What has a limit of its own takes long and begins first: in the end nobody waits for it."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


def pytest_collection_finish() -> None:
    """What is there before the first test stays: it is not looked through at each collection."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def anyio_backend() -> str:
    """Asyncio alone: Textual and aiohttp run on nothing else."""
    return "asyncio"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test begins in English, whatever the test before it spoke."""
    i18n.use("en")
    yield
    i18n.use("en")


@pytest.fixture(autouse=True)
def closed_connections(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A test closes what it opened; what one that fails leaves open is closed here."""
    opened: list[connection._Raw] = []

    class Kept(connection._Raw):
        def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
            super().__init__(connector)
            opened.append(self)

    monkeypatch.setattr(connection, "_Raw", Kept)
    yield
    left = [raw for raw in opened if raw._running]
    for raw in left:
        raw.stop()
        raw._thread.join()
    if left and not request.node.stash.get(FAILED, False):
        pytest.fail(f"the test left {len(left)} connections open")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """As root under CI, a test that skips for want of accounts, tmux or sshd is a failure.

    So is one, anywhere, that skips for want of root and is not marked: `make test-root` would miss
    it.
    """
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    if not report.skipped or hasattr(report, "wasxfail"):
        return report
    needy = any(item.get_closest_marker(name) for name in NEEDS)
    if needy and os.environ.get("CI") == "true" and os.geteuid() == 0:
        report.outcome = "failed"
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    asks_root = any(words in reason for words in WITHOUT_ROOT)
    if asks_root and not needy and not item.get_closest_marker("needs_mount"):
        report.outcome = "failed"
    return report
