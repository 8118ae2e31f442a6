"""`noc-tui status`: one look at the last known state, without a screen.

Exit code 0 when every source is fresh, whatever the alerts; 3 when any is stale or `nocd` is down:
the last known state is printed all the same.
"""

import argparse
import asyncio

from noc_tui.alive import listens
from noc_tui.commands.configured import configured
from noc_tui.commands.failure import OutOfReach
from noc_tui.commands.output import say, say_json
from noc_tui.commands.status_document import Document, document
from noc_tui.commands.status_text import lines
from noc_tui.config import Configuration
from noc_tui.i18n import _
from noc_tui.summary.clock import clock_of
from storage import settings
from storage.database import Reader
from storage.errors import StorageError

STALE = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Text for people (the default), or one JSON document."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--plain", action="store_true", help=_("text, line by line (the default)"))
    form.add_argument("--json", action="store_true", help=_("one JSON document"))


def run(arguments: argparse.Namespace) -> int:
    """Print the state; 0 when all of it is fresh, 3 otherwise."""
    config = configured(arguments)
    try:
        found = asyncio.run(_look(config))
    except StorageError as error:
        raise OutOfReach(str(error)) from error
    if arguments.json:
        say_json(found)
    else:
        for line in lines(found):
            say(line)
    return 0 if found.fresh else STALE


async def _look(config: Configuration) -> Document:
    path = config.socket.path
    reader = await Reader.open(config.database.path, daemon_alive=lambda: listens(path))
    try:
        async with reader.snapshot() as view:
            clock = clock_of(await settings.read_clock(view))
            return await document(view, config, clock.now(), listens(path))
    finally:
        await reader.close()
