"""Rows that a test starts from, on record as everything is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage import row_kinds
from storage.change import Change
from storage.database import Writer
from storage.evidence import Actor

PREPARED = "test.prepared"
# The product has no entry that writes any table.
row_kinds.ANY_TABLE = row_kinds.ANY_TABLE | {PREPARED}
TESTER = Actor(65534, "tester")


@asynccontextmanager
async def recorded(writer: Writer, actor: Actor = TESTER) -> AsyncIterator[Change]:
    """A change whose rows belong to one entry, of the kind `PREPARED`."""
    async with writer.change(actor) as change:
        await change.record(PREPARED, [], {})
        yield change
