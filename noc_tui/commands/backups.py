"""`noc-tui backups`: datastores of backup servers, guests whose backups are not in order."""

import argparse

from noc_tui.commands.configured import load_configuration
from noc_tui.commands.options import common_options
from noc_tui.commands.output import say, say_json, table
from noc_tui.commands.reading import read
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.backups import describe_reason, describe_upkeep, name_place
from noc_tui.text import visible
from storage.backups import TroubledBackup, troubled_backups
from storage.connection import Readable
from storage.datastores import DATASTORES, Datastore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    text = _("datastores, and guests whose backups are not in order")
    listing = verbs.add_parser("list", help=text, description=text, parents=[common_options()])
    listing.add_argument("--json", action="store_true", help=_("one JSON document"))


def run(arguments: argparse.Namespace) -> int:
    """List."""
    datastores, troubled = read(load_configuration(arguments), _rows)
    if arguments.json:
        guests = [
            {"tenant": one.tenant, "name": one.name, "backup": one.backup} for one in troubled
        ]
        say_json({"datastores": datastores, "guests": guests})
        return 0
    for line in _lines(datastores, troubled):
        say(line)
    return 0


async def _rows(db: Readable) -> tuple[list[Datastore], list[TroubledBackup]]:
    return await DATASTORES.read(db), await troubled_backups(db)


def _lines(datastores: list[Datastore], troubled: list[TroubledBackup]) -> list[str]:
    header = [_("server"), _("site"), _("datastore"), _("fill"), _("collection"), _("verification")]
    cells = [
        [
            visible(one.server),
            visible(one.site),
            name_place(one),
            formats.percent(one.used_percent),
            describe_upkeep(one.collection, one.collected_at, one.collection_said),
            describe_upkeep(one.verification, one.verified_at, one.verification_said),
        ]
        for one in datastores
    ]
    guests = [
        [
            visible(one.tenant) or "—",
            visible(f"{one.backup.cluster}/{one.backup.vmid}"),
            visible(one.name or "—"),
            visible(one.backup.store),
            states.label_text(states.BACKUP, one.backup.state),
            describe_reason(one.backup),
        ]
        for one in troubled
    ]
    of_guests = [_("tenant"), _("guest"), _("name"), _("server"), _("state"), _("why")]
    return [*table(header, cells), "", *table(of_guests, guests)]
