"""`noc-tui status`: one look at the last known state, without a screen.

Exit code 0 when every source is fresh, whatever the alerts; 3 when any is stale or `nocd` is down:
the last known state is printed all the same.
"""

import argparse

from noc_tui.alive import listens
from noc_tui.commands.configured import configured, terms_book
from noc_tui.commands.output import say, say_json
from noc_tui.commands.reading import read
from noc_tui.commands.status_document import StatusDocument, document
from noc_tui.commands.status_text import lines
from noc_tui.i18n import _
from noc_tui.views.published_clock import clock_of
from storage import settings
from storage.connection import Readable

STALE = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Text for people (the default), or one JSON document."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--plain", action="store_true", help=_("text, line by line (the default)"))
    form.add_argument("--json", action="store_true", help=_("one JSON document"))


def run(arguments: argparse.Namespace) -> int:
    """Print the state; 0 when all of it is fresh, 3 otherwise."""
    config = configured(arguments)
    terms = terms_book(config)
    running = listens(config.socket.path)

    async def look(db: Readable) -> StatusDocument:
        now = clock_of(await settings.read_clock(db)).now()
        return await document(db, config, terms, now, running)

    found = read(config, look)
    if arguments.json:
        say_json(found)
    else:
        for line in lines(found):
            say(line)
    return 0 if found.fresh else STALE
