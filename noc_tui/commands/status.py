"""`noc-tui status`: one look at the last known state, without a screen.

Exit code 0 when every source is fresh, whatever the alerts; 3 when any is stale or `nocd` is down:
the last known state is printed all the same.
"""

import argparse
import os
from collections.abc import Iterator, Sequence

from noc_tui.alive import listens
from noc_tui.api.suspension import PLANNED
from noc_tui.commands.configured import load_configuration, terms_book
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import CommandFailure
from noc_tui.commands.output import say, say_json, table
from noc_tui.commands.reading import read
from noc_tui.commands.status_document import StatusDocument, StatusNode, StatusSeen, document
from noc_tui.config import Configuration
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.next_order import word_left
from noc_tui.roles import RoleRefusedError, caller
from noc_tui.text import visible
from noc_tui.views.next_order import NextOrder
from noc_tui.views.node_state import node_state
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
    secret = _secret_orders(arguments, config) if running else []

    async def look(db: Readable) -> StatusDocument:
        now = clock_of(await settings.read_clock(db)).now()
        return await document(db, config, terms, now, running, secret)

    found = read(config, look)
    if arguments.json:
        say_json(found)
    else:
        for line in lines(found):
            say(line)
    return 0 if found.fresh else STALE


def _secret_orders(arguments: argparse.Namespace, config: Configuration) -> list[NextOrder]:
    """The secret orders that wait for their time, for an account that may see them."""
    try:
        who = caller(os.getuid(), config.roles, config.demo, arguments.play)
        if not who.confidential:
            return []
        found = ask(arguments, config, PLANNED()).orders
    except (RoleRefusedError, CommandFailure):
        return []
    return [
        NextOrder(one.case, one.tenant_name, one.starts_at, secret=True)
        for one in found
        if one.secret
    ]


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
                node_word(n),
                load(n.cpu_percent),
                load(n.memory_percent),
                age(n),
            ]
            for n in found.nodes
        ],
    )
    yield ""
    yield from table(
        [_("tenant"), _("name"), _("state"), _("instances up"), _("age"), _("why")],
        [
            [
                t.id,
                t.name,
                states.word_of(states.AVAILABILITY, t.state),
                f"{t.up}/{t.instances}",
                age(t),
                t.why,
            ]
            for t in found.tenants
        ],
    )
    yield from _orders(found)
    yield from _alerts(found)
    yield from _errors([*found.clusters])
    for cluster in found.clusters:
        if cluster.endpoints is not None:
            text = _("endpoints of {name}: {said}")
            yield text.format(name=cluster.name, said=visible(cluster.endpoints))


def node_word(node: StatusNode) -> str:
    """Return the word for a node's state; what HA says of it stands beside it."""
    return states.word_of(states.NODE, node_state(node.state, node.ha_state))


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


def _orders(found: StatusDocument) -> Iterator[str]:
    """The suspension orders that wait for their time, the next first."""
    if not found.orders:
        return
    yield ""
    rows = [
        [
            one.case,
            visible(one.tenant),
            formats.instant(one.starts_at),
            word_left(one.starts_at, found.now),
        ]
        for one in found.orders
    ]
    yield from table([_("planned order"), _("tenant"), _("starts"), _("left")], rows)


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
