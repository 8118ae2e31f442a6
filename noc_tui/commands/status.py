"""`noc-tui status`: one look at the last known state, without a screen.

Exit code 0 when every source is fresh, whatever the alerts; 3 when any is stale or `nocd` is down:
the last known state is printed all the same.
"""

import argparse
from collections.abc import Iterator, Sequence

from noc_tui.alive import listens
from noc_tui.commands.configured import load_configuration, terms_book
from noc_tui.commands.output import say, say_json, table
from noc_tui.commands.reading import read
from noc_tui.commands.status_document import StatusDocument, StatusSeen, document
from noc_tui.i18n import _
from noc_tui.labels import states
from noc_tui.text import visible
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
    config = load_configuration(arguments)
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


def lines(found: StatusDocument) -> Iterator[str]:
    """Yield the document, a table for each of its lists."""
    yield _("nocd: {state}").format(state=_("running") if found.nocd.running else _("down"))
    yield ""
    yield from table(
        [_("cluster"), _("site"), _("state"), _("version"), _("nodes"), _("guests"), _("age")],
        [
            [
                c.name,
                c.site,
                states.word_of(states.CLUSTER, c.state),
                c.version or "?",
                count(c.nodes),
                count(c.guests),
                age(c),
            ]
            for c in found.clusters
        ],
    )
    yield ""
    yield from table(
        [_("node"), _("cluster"), _("state"), _("CPU"), _("memory"), _("age")],
        [
            [
                n.name,
                n.cluster,
                states.word_of(states.NODE, n.state),
                load(n.cpu_percent),
                load(n.memory_percent),
                age(n),
            ]
            for n in found.nodes
        ],
    )
    yield ""
    yield from table(
        [_("tenant"), _("name"), _("state"), _("instances up"), _("age")],
        [
            [
                t.id,
                t.name,
                states.word_of(states.AVAILABILITY, t.state),
                f"{t.up}/{t.instances}",
                age(t),
            ]
            for t in found.tenants
        ],
    )
    yield from _alerts(found)
    yield from _errors([*found.clusters])
    for cluster in found.clusters:
        if cluster.endpoints is not None:
            text = _("endpoints of {name}: {said}")
            yield text.format(name=cluster.name, said=visible(cluster.endpoints))


def count(number: int | None) -> str:
    """Return how many there are, or that nobody knows."""
    return "?" if number is None else str(number)


def load(percent: int | None) -> str:
    """A load, or that it is not known."""
    return "?" if percent is None else f"{percent} %"


def age(entry: StatusSeen) -> str:
    """Return how old the entry is, and whether that is too old."""
    if entry.age_seconds is None:
        return _("never seen")
    seconds = f"{entry.age_seconds:.0f} s"
    return _("{age}, STALE").format(age=seconds) if entry.stale else seconds


def _alerts(found: StatusDocument) -> Iterator[str]:
    if found.alerts:
        yield ""
        rows = [[one.text, states.word_of(states.SEVERITY, one.state)] for one in found.alerts]
        yield from table([_("alert"), _("severity")], rows)


def _errors(entries: Sequence[StatusSeen]) -> Iterator[str]:
    reasons = sorted({entry.error for entry in entries if entry.error is not None})
    if reasons:
        yield ""
    for reason in reasons:
        yield _("not seen: {reason}").format(reason=visible(reason))
