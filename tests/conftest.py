"""What every test shares: one event loop backend, and no silent skip where CI has everything."""

import os
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

from noc_tui import i18n

# An example takes as long as a busy machine lets it.
settings.register_profile("noc", deadline=None)
settings.load_profile("noc")

NEEDS = ("needs_root", "needs_tmux", "needs_sshd")


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """As root under CI, a test that skips for want of accounts, tmux or sshd is a failure."""
    report = yield
    needy = any(item.get_closest_marker(name) for name in NEEDS)
    if report.skipped and needy and os.environ.get("CI") == "true" and os.geteuid() == 0:
        report.outcome = "failed"
    return report
