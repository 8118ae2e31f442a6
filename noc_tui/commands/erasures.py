"""`noc-tui evidence erase`, `confirm-erasure`, `erasures`, `retention`: what is erased, by whom."""

import argparse

from noc_tui.api import evidence as api
from noc_tui.commands import retention
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.output import say, say_json
from noc_tui.config import Configuration
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.text import visible


def run(arguments: argparse.Namespace) -> int:
    """Ask `nocd` for what the verb says; the exit code."""
    if arguments.verb == "retention":
        return retention.run(arguments)
    config = load_configuration(arguments)
    if arguments.verb == "erase":
        return _request(arguments, config)
    if arguments.verb == "confirm-erasure":
        asked = api.CONFIRM_ERASURE(number=str(arguments.request))
        done = ask(arguments, config, asked)
        say(_("erased, by entry {number}").format(number=done.entry))
        return 0
    return _list(arguments, config)


def _request(arguments: argparse.Namespace, config: Configuration) -> int:
    wanted = api.Erasure(tuple(arguments.entries), arguments.reason)
    done = ask(arguments, config, api.ERASE(wanted))
    text = _("asked for by entry {number}; another lead confirms it within a day:")
    say(text.format(number=done.entry))
    say(f"  noc-tui evidence confirm-erasure {done.entry}")
    return 0


def _list(arguments: argparse.Namespace, config: Configuration) -> int:
    found = ask(arguments, config, api.ERASURES())
    if arguments.json:
        say_json(found)
        return 0
    for one in found.requests:
        text = _("request {number}, by {account}, until {until}: entries {entries}: {reason}")
        line = text.format(
            number=one.request,
            account=visible(one.account),
            until=formats.instant(one.until),
            entries=_numbers(one.entries),
            reason=visible(one.reason),
        )
        say(line)
    if found.due:
        text = _("time over, to be erased by two leads: {entries}")
        say(text.format(entries=_numbers(found.due)))
    if not found.requests and not found.due:
        say(_("nothing waits for a lead"))
    return 0


def _numbers(entries: tuple[int, ...]) -> str:
    return ", ".join(map(str, entries))
