"""Real files for every test of the storage."""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from storage.database import Writer
from storage.evidence import Actor
from tests.storage.accounts import GROUP

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OMAR = Actor(1001, "omar")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "db" / "noc.db"


@pytest.fixture
async def writer(path: Path) -> AsyncIterator[Writer]:
    opened = await Writer.open(path, clock_now=lambda: NOW)
    yield opened
    await opened.close()


@pytest.fixture
def shared() -> Iterator[Path]:
    """A database directory that another account can reach, as `/var/lib/noc` is."""
    with TemporaryDirectory(prefix="noc-test-") as name:
        root = Path(name)
        root.chmod(0o755)
        path = root / "db" / "noc.db"
        path.parent.mkdir()
        os.chown(path.parent, os.geteuid(), GROUP if os.geteuid() == 0 else os.getegid())
        path.parent.chmod(0o2750)
        yield path
