"""Real files for every test of the storage."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import Writer
from storage.evidence import Actor

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
