"""What every test shares: one event loop backend."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Asyncio alone: Textual and aiohttp run on nothing else."""
    return "asyncio"
