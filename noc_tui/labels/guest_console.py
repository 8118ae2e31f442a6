"""Words a guest's console: the circumstances, the banner, how it ended."""

import textwrap
from collections.abc import Iterator

from noc_tui.api.guest_console import ConsoleEnd, ConsoleTicket
from noc_tui.i18n import N_, _, ngettext
from noc_tui.text import visible

CIRCUMSTANCES = {
    "client": N_("the client asks for it"),
    "incident": N_("an incident is being resolved"),
    "violation": N_("a violation was notified"),
    "authority": N_("an authority requests it"),
    "security": N_("the safety of the platform requires it"),
}
"""Why somebody looks into a client's resources (art. 5.1)."""
_ENDS = {
    "closed": N_("console closed"),
    "guest": N_("the guest ended the console"),
    "idle": N_("console closed: nothing was typed for too long"),
    "failed": N_("the console broke off"),
}


def banner_lines(ticket: ConsoleTicket, guest: str, columns: int) -> Iterator[str]:
    """Yield what is said before the guest is shown: whose it is, the record, how to leave. Lines
    end between words, within the columns of the terminal.
    """
    for line in _banner(ticket, guest):
        yield from textwrap.wrap(line, columns)


def _banner(ticket: ConsoleTicket, guest: str) -> Iterator[str]:
    whose = visible(ticket.tenant) or _("no client")
    yield _("Console of {name} ({guest}), client: {tenant}").format(
        name=visible(ticket.guest), guest=visible(guest), tenant=whose
    )
    yield _(
        "Only what the stated circumstance requires (art. 5.1). On record: entry {entry}."
    ).format(entry=ticket.entry)
    minutes = max(1, ticket.idle_seconds // 60)
    yield ngettext(
        "Ctrl+] leaves. It closes after {n} minute without a key. Enter wakes a quiet line.",
        "Ctrl+] leaves. It closes after {n} minutes without a key. Enter wakes a quiet line.",
        minutes,
    ).format(n=minutes)


def describe_end(end: ConsoleEnd) -> str:
    """Why the console ended."""
    text = _(_ENDS.get(end.ended, end.ended))
    return f"{text}: {visible(end.said)}" if end.said else text
