"""Tickets of a backup server: those of the cluster under another name."""

from noc_tui.simulator.tickets import Tickets


def login(tickets: Tickets, user: str, now: float) -> dict[str, str]:
    """What a successful login answers."""
    return {
        "username": user,
        "ticket": "PBS:" + tickets.ticket(user, now).removeprefix("PVE:"),
        "CSRFPreventionToken": tickets.csrf(user, now),
    }


def user_of(tickets: Tickets, ticket: str, now: float) -> str | None:
    """The user of a ticket, or None."""
    if not ticket.startswith("PBS:"):
        return None
    return tickets.user_of("PVE:" + ticket.removeprefix("PBS:"), now)
