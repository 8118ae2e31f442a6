"""`noc-tui`: the console, on the configured database and socket."""

import argparse
import gc
import os
import sys

from noc_tui.commands.configured import load_configuration, terms_book
from noc_tui.commands.failure import BadInput, CommandRefused
from noc_tui.i18n import _
from noc_tui.roles import RoleRefusedError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The console takes the common options, and whether it begins with the tour."""
    parser.add_argument(
        "--tour", action="store_true", help=_("begin with a short tour, the first time")
    )


def run(arguments: argparse.Namespace) -> int:
    """Open the console; its exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadInput(_("the console needs a terminal: use noc-tui status"))
    config = load_configuration(arguments)
    if config.contract.terms_file is not None or config.contract.other_terms:
        terms_book(config)  # a hoster's own terms are wrong before the console opens, or not at all
    gc.disable()  # nothing that is made on the way to the first frame is garbage

    from noc_tui.console.app import NocApp
    from noc_tui.console.session import Session
    from widgets.terminal.colours import colours_of

    try:
        session = Session.of(config, arguments.play)
    except RoleRefusedError as error:
        raise CommandRefused(str(error)) from error
    tour = getattr(arguments, "tour", False)
    app = NocApp(session, colours_of(os.environ), tour=tour)
    return app.run() or app.return_code or 0
