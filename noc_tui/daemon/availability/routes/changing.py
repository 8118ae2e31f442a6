"""How what people decide is written."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from noc_tui.daemon.core.context import Context
from storage.database import Transaction

T = TypeVar("T")
Change = Callable[[Transaction], Awaitable[T]]


async def changed(context: Context, change: Change[T]) -> T:
    """Make the change in one transaction and tell the consoles."""
    async with context.writer.transaction() as tx:
        result = await change(tx)
    context.bus.publish(tx.revision)
    return result
