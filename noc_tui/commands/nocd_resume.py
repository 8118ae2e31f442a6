"""`nocd resume`: after a restore, a lead reads what is held, drops what is over, resumes."""

import argparse
import sys

from noc_tui.api import restoration as api
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import CommandRefused
from noc_tui.commands.output import say, say_json, table
from noc_tui.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is dropped, and who does not want to be asked."""
    text = _("an item of the list that never leaves; may be repeated")
    parser.add_argument("--drop", action="append", default=[], metavar=_("ITEM"), help=text)
    parser.add_argument("--list", action="store_true", help=_("show what is held, and end"))
    parser.add_argument("--json", action="store_true", help=_("one JSON document"))
    parser.add_argument("--yes", action="store_true", help=_("do not ask, for scripts"))


def run(arguments: argparse.Namespace) -> int:
    """Show the list, ask, and resume."""
    config = load_configuration(arguments)
    held = ask(arguments, config, api.HELD())
    if arguments.json:
        say_json(held)
    else:
        _show(held)
    if arguments.list or not held.held:
        return 0
    if not arguments.yes:
        _ask()
    left = ask(arguments, config, api.RESUME(api.Leave(held.seen, tuple(arguments.drop))))
    if not arguments.json:
        _show(left)
    return 0


def _show(held: api.Held) -> None:
    if not held.held or held.since is None:
        say(_("nothing is held"))
        return
    since = held.since.isoformat(timespec="seconds").replace("+00:00", "Z")
    text = _("held since {since} ({account}); items: {count}")
    say(text.format(since=since, account=held.account, count=len(held.items)))
    rows = [
        (one.item, "" if one.at is None else one.at.isoformat(timespec="seconds"), one.what)
        for one in held.items
    ]
    if rows:
        for line in table((_("Item"), _("Since"), _("What")), rows):
            say(line)


def _ask() -> None:
    if not sys.stdin.isatty():
        raise CommandRefused(_("nothing was resumed: answer here, or give --yes"))
    sys.stdout.write(_("Let all of it go, but for what is dropped? [y/N] "))
    sys.stdout.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes", "o", "oui"):
        raise CommandRefused(_("nothing was resumed"))
