"""A disk without room, a file that may not be written: clear words, and nothing half kept."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage import errors
from storage.database import Writer
from storage.inventory import POOLS, Pool
from tests.storage.accounts import without_write_permission
from tests.storage.conftest import NOW, OMAR

pytestmark = pytest.mark.anyio


@contextmanager
def no_more_than(size: int) -> Iterator[None]:
    """Files of this process may not grow beyond `size` bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_said_and_the_change_is_not_kept(writer: Writer, path: Path) -> None:
    async def fill() -> None:
        async with writer.change(OMAR) as change:
            await change.put(POOLS, [Pool("rennes", f"{n:09}" * 50) for n in range(20_000)])

    with no_more_than(1 << 20), pytest.raises(errors.StorageError, match=r"noc\.db: the database"):
        await fill()
    async with writer.change(OMAR) as change:
        await change.put(POOLS, [Pool("rennes", "a")])
    assert await POOLS.read(writer) == [Pool("rennes", "a")]


async def test_a_file_that_may_not_be_written_is_named(shared: Path) -> None:
    await (await Writer.open(shared, clock_now=lambda: NOW)).close()
    with without_write_permission(shared.parent), pytest.raises(errors.StorageError) as refused:
        await Writer.open(shared, clock_now=lambda: NOW)
    assert str(shared) in str(refused.value)
