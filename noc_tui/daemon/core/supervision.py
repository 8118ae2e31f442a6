"""Services are restarted when they fail, so that one that is broken ends no other.

A service that cannot write waits until writing works again. One that fails otherwise is begun anew
after a pause that doubles, and raises an alert. One for which SQLite found the file damaged puts it
under suspicion: `noc_tui.daemon.database` looks whether it is. Only where the record itself is in
doubt (the file is damaged for sure, or a newer one) does the error leave, and with it the process
ends.
"""

from collections.abc import Awaitable, Callable, Iterator

from noc_tui.daemon.core.context import Context
from storage.errors import (
    SUSPICIOUS,
    DamagedError,
    NewerSchemaError,
    UnwritableError,
)

FIRST_DELAY, LONGEST_DELAY = 1.0, 60.0
STEADY_SECONDS = 300.0
"""A service that ran for so long starts with the first delay again."""
_IN_DOUBT = (DamagedError, NewerSchemaError)


async def supervise(context: Context, name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run a service until it returns; raises only what puts the record in doubt."""
    delay, clock = FIRST_DELAY, context.clock
    while True:
        begun = clock.monotonic()
        try:
            return await work()
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - whatever it is, it is noted
            await _bear(context, name, error)
        if clock.monotonic() - begun > STEADY_SECONDS:
            delay = FIRST_DELAY
        await clock.sleep(delay)
        delay = min(delay * 2, LONGEST_DELAY)


async def _bear(context: Context, name: str, error: BaseException) -> None:
    """Take note of a failure; returns when it makes sense to try again."""
    if not is_unwritable(error):
        note_failure(context, name, error)
        if not any(_is_suspicion(context, each) for each in causes(error)):
            return
    context.logger.warning("waits until the database can be written", service=name)
    await context.writer.writable.wait()


def note_failure(context: Context, name: str, error: BaseException) -> None:
    """Log a failure and raise the alert on it; raises the error where the record is in doubt."""
    for each in causes(error):
        if isinstance(each, _IN_DOUBT):
            raise error
        if _is_suspicion(context, each):
            context.writer.suspect(each)
    context.logger.error("a service failed", service=name, exc_info=error)
    context.failures.note(name, next(causes(error)))


def _is_suspicion(context: Context, error: BaseException) -> bool:
    """Whether SQLite found the database itself damaged, and not a copy of it."""
    return isinstance(error, SUSPICIOUS) and error.path in (None, context.writer.path)


def is_unwritable(error: BaseException) -> bool:
    """Whether all that went wrong is that the database cannot be written now."""
    return all(isinstance(each, UnwritableError) for each in causes(error))


def causes(error: BaseException) -> Iterator[BaseException]:
    """The errors themselves, out of the groups that tasks put around them."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from causes(inner)
    else:
        yield error
