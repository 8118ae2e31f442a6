"""`nocd clock`: is the machine's clock believed? With --confirm a lead says that it is right."""

import argparse

from noc_tui.api import clock as api
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.output import say
from noc_tui.i18n import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare a lead's word."""
    text = _("the machine's clock is right: take it over; leads")
    parser.add_argument("--confirm", action="store_true", help=text)


def run(arguments: argparse.Namespace) -> int:
    """Say it; exit code 1 while the clock is in doubt."""
    request = api.CONFIRM_CLOCK() if arguments.confirm else api.CLOCK()
    state = ask(arguments, load_configuration(arguments), request)
    now = state.now.isoformat(timespec="seconds")
    if not state.jump_seconds:
        say(_("the clock is believed: {now}").format(now=now))
        return 0
    text = _("the clock is in doubt: it differs by {seconds} s from nocd's time, {now}")
    say(text.format(seconds=state.jump_seconds, now=now))
    return 1
