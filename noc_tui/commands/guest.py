"""`noc-tui guest`: an operator's daily acts on guests, previewed, ordered and followed."""

import argparse
from collections.abc import Callable, Mapping

from noc_tui.api import acts as api
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput
from noc_tui.commands.follow_orders import follow_orders, say_ordered
from noc_tui.commands.guest_console import add_console, run_console
from noc_tui.commands.options import common_options
from noc_tui.commands.output import say, say_json, table
from noc_tui.config import Configuration
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.acts import conclude_preview, describe_preview

PATIENCE = 120.0
"""Seconds that `nocd` may take to look at two hundred guests."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))

    def verb(name: str, text: str, *, acts: bool = True) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=text, description=text, parents=[common_options()])
        made.add_argument("--json", action="store_true", help=_("one JSON document"))
        made.add_argument("guests", nargs="+" if acts else 1, metavar=_("CLUSTER/VMID"))
        if acts:
            made.add_argument("--yes", action="store_true", help=_("do it; else it is only shown"))
            made.add_argument(
                "--at-once",
                type=int,
                default=2,
                metavar="N",
                help=_("how many guests are worked on at the same time (2)"),
            )
            made.add_argument(
                "--no-wait", action="store_true", help=_("do not wait for the end of the tasks")
            )
        return made

    add_console(verbs)
    verb("snapshots", _("list the guest's snapshots"), acts=False)
    take = verb("snapshot", _("keep the guest's disks as they are now"))
    take.add_argument("--name", required=True)
    take.add_argument("--description", default="")
    take.add_argument("--memory", action="store_true", help=_("its memory too"))
    back = verb("rollback", _("go back to a snapshot: what came after it is lost"))
    back.add_argument("--name", required=True)
    back.add_argument("--reason", required=True)
    delete = verb("delete-snapshot", _("delete a snapshot, or all that are old"))
    which = delete.add_mutually_exclusive_group(required=True)
    which.add_argument("--name")
    which.add_argument("--older-than", type=int, metavar="N", help=_("days"))
    backup = verb("backup", _("make a backup now"))
    backup.add_argument("--storage", default="", help=_("else that of its backup job"))
    backup.add_argument("--note", default="")
    test = verb("restore-test", _("restore a backup as another guest, off and without network"))
    test.add_argument("--volume", default="", help=_("else the newest backup"))
    test.add_argument("--storage", default="", help=_("else that of its first disk"))
    verb("delete-test", _("delete a guest that was restored for a test"))
    move = verb("migrate", _("move the guest to another node"))
    move.add_argument("--target", default="", help=_("else the node with most memory left"))
    move.add_argument(
        "--with-local-disks", action="store_true", help=_("copy disks that lie on its node alone")
    )


def run(arguments: argparse.Namespace) -> int:
    """Show what an act would do, or order it and follow it to its end."""
    if arguments.verb == "console":
        return run_console(arguments)
    config = load_configuration(arguments)
    if arguments.verb == "snapshots":
        return _list_snapshots(arguments, config)
    order = api.ActOrder(
        ACTS[arguments.verb](arguments), tuple(arguments.guests), arguments.at_once
    )
    preview = ask(arguments, config, api.PREVIEW(order), timeout=PATIENCE)
    if not arguments.yes:
        return _show(arguments, preview)
    ordered = ask(arguments, config, api.ORDER(order), timeout=PATIENCE)
    if arguments.no_wait:
        return say_ordered(arguments, ordered, ordered.intents)
    return follow_orders(arguments, config, ordered.intents)


def _show(arguments: argparse.Namespace, preview: api.ActPreview) -> int:
    if arguments.json:
        say_json(preview)
    else:
        for line in describe_preview(preview):
            say(line)
        say(conclude_preview(preview))
    return 4 if any(guest.refused for guest in preview.guests) else 0


def _list_snapshots(arguments: argparse.Namespace, config: Configuration) -> int:
    cluster, slash, vmid = arguments.guests[0].partition("/")
    if not slash or not vmid.isdecimal():
        raise BadInput(_("a guest is named CLUSTER/VMID"))
    found = ask(arguments, config, api.SNAPSHOTS(cluster=cluster, vmid=int(vmid)))
    if arguments.json:
        say_json(found)
        return 0
    if not found:
        say(_("no snapshot"))
        return 0
    head = (_("Name"), _("Taken"), _("Memory"), _("Description"))
    rows = [
        (
            one.name,
            formats.UNKNOWN if one.taken_at is None else formats.from_epoch(one.taken_at),
            _("yes") if one.memory else _("no"),
            one.description.strip(),
        )
        for one in found
    ]
    for line in table(head, rows):
        say(line)
    return 0


def _delete(arguments: argparse.Namespace) -> api.DeleteSnapshot:
    return api.DeleteSnapshot(arguments.name, arguments.older_than)


ACTS: Mapping[str, Callable[[argparse.Namespace], api.Act]] = {
    "snapshot": lambda given: api.TakeSnapshot(given.name, given.description, given.memory),
    "rollback": lambda given: api.RollBack(given.name, given.reason),
    "delete-snapshot": _delete,
    "backup": lambda given: api.BackUp(given.storage, given.note),
    "restore-test": lambda given: api.TestRestore(given.volume, given.storage),
    "delete-test": lambda _given: api.DeleteTest(),
    "migrate": lambda given: api.Migrate(given.target, given.with_local_disks),
}
