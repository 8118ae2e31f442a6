"""Writes a decision of a person in one change."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import actor
from noc_tui.roles import Caller
from storage.change import Change

T = TypeVar("T")
Decision = Callable[[Change], Awaitable[T]]


async def write_decision(context: Context, who: Caller, decide: Decision[T]) -> T:
    """Run `decide` in one change by that caller and return its result."""
    async with context.writer.change(actor(who)) as change:
        result = await decide(change)
    return result  # noqa: RET504 - mypy takes a return within the block for one that may be missing
