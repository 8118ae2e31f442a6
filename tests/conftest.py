"""What every test shares: one event loop backend, and no silent skip where CI has everything."""

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

# An example takes as long as a busy machine lets it.
settings.register_profile("noc", deadline=None)
settings.load_profile("noc")

NEEDS = ("needs_root", "needs_tmux", "needs_sshd")


@pytest.fixture
def anyio_backend() -> str:
    """Asyncio alone: Textual and aiohttp run on nothing else."""
    return "asyncio"


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
