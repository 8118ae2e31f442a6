"""Reads the database for a command, with or without `nocd`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from noc_tui.alive import listens
from noc_tui.commands.failure import BadInput, OutOfReach
from noc_tui.config import Configuration
from noc_tui.i18n import N_, _
from storage.connection import Readable
from storage.errors import StorageError, UnstorableError
from storage.reader import Reader

T = TypeVar("T")
SAID = (
    N_("there is no database, or it may not be reached"),
    N_("a newer program writes this database: update noc-tui"),
    N_("an older nocd wrote this database: restart nocd, which brings it up to date"),
    N_("the database cannot be opened: permission denied"),
)
"""What `storage`, which knows no catalogue, says of a file that it cannot read."""


def read(config: Configuration, question: Callable[[Readable], Awaitable[T]]) -> T:
    """Return the answer to `question`, asked in one snapshot. Exits with 3 if the database cannot
    be read, 2 for a number out of its range.
    """
    try:
        return asyncio.run(_asked(config, question))
    except UnstorableError as error:
        raise BadInput(_("a number here is too large")) from error
    except StorageError as error:
        file, _colon, said = str(error).partition(": ")
        raise OutOfReach(f"{file}: {_(said)}") from error


async def _asked(config: Configuration, question: Callable[[Readable], Awaitable[T]]) -> T:
    socket = config.socket.path
    reader = await Reader.open(config.database.path, daemon_alive=lambda: listens(socket))
    try:
        async with reader.snapshot() as db:
            return await question(db)
    finally:
        await reader.close()
