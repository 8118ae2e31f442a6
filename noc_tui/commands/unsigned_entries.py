"""`noc-tui evidence accept-unsigned` and `accept-fault`; what `verify` says of the former."""

import argparse
from collections.abc import Sequence

from noc_tui.api import evidence as api
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.output import say
from noc_tui.i18n import _
from noc_tui.text import visible
from storage.signing_rule import FoundUnsigned


def run(arguments: argparse.Namespace) -> int:
    """Ask `nocd` to put the acceptance, or a request for it, on record; the exit code."""
    said = api.Acceptance(arguments.reason)
    if arguments.verb == "accept-fault":
        answer = ask(arguments, load_configuration(arguments), api.ACCEPT_FAULT(said))
        text = _("accepted, by entry {number}")
        if not answer.accepted:
            text = _("asked for by entry {number}: another lead accepts it within a day")
        say(text.format(number=answer.entry))
        return 0
    asked = api.ACCEPT_UNSIGNED(said, number=str(arguments.entry))
    done = ask(arguments, load_configuration(arguments), asked)
    say(_("accepted, by entry {number}").format(number=done.entry))
    return 0


def explain_found(found: Sequence[FoundUnsigned]) -> list[str]:
    """A sentence each: what was found, and who accepted it why."""
    return [_explained(one) for one in found]


def _explained(one: FoundUnsigned) -> str:
    values = {"first": one.first, "last": one.last, "entry": one.entry}
    if one.accepted_by:
        text = _(
            "entries {first} to {last} were found unsigned (entry {entry}), and {account} accepted"
            " that: {reason}"
        )
        return visible(text.format(account=one.accepted_by, reason=one.reason, **values))
    text = _(
        "entries {first} to {last} were found unsigned (entry {entry}), and no lead accepted that"
    )
    return text.format(**values)
