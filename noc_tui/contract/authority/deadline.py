"""The deadlines of an order: when it is to be carried out, reviewed, and no longer secret (R37)."""

from datetime import datetime, timedelta

from noc_tui.contract.authority.kinds import OrderKind
from noc_tui.contract.authority.values import AuthorityOrder


def term_of(order: AuthorityOrder, kind: OrderKind) -> datetime | None:
    """Return the deadline without pauses: the kind's hours from receipt, or the order's own term
    where that is earlier or the kind has none; None for neither.
    """
    if not kind.hours:
        return order.term
    legal = order.received_at + timedelta(hours=kind.hours)
    return legal if order.term is None else min(legal, order.term)


def deadline_of(order: AuthorityOrder, kind: OrderKind, now: datetime) -> datetime | None:
    """Return when the order is to be carried out at the latest; None where it names no term.

    The time of a pause does not run: while one lasts the deadline moves with `now`. What is after
    the first term is no pause: a deadline that was missed is not mended by stopping the clock.
    """
    due = term_of(order, kind)
    if due is None:
        return None
    for pause in order.pauses:
        until = now if pause.until is None else pause.until
        if pause.since < due:
            due += max(until - pause.since, timedelta())
    return due


def seconds_left(order: AuthorityOrder, kind: OrderKind, now: datetime) -> float | None:
    """Return the seconds until the deadline, negative once it is missed; None without one."""
    due = deadline_of(order, kind, now)
    return None if due is None else (due - now).total_seconds()


def may_pause(order: AuthorityOrder, kind: OrderKind, now: datetime) -> bool:
    """Return whether the deadline can be stopped at `now`: it has not passed."""
    left = seconds_left(order, kind, now)
    return left is None or left >= 0


def longest_secrecy(order: AuthorityOrder, kind: OrderKind) -> datetime | None:
    """Return the latest end of the secrecy that the law allows, renewals included; None where it
    sets none.
    """
    if not kind.secrecy_days:
        return None
    return order.received_at + timedelta(days=kind.secrecy_days * (1 + kind.renewals))


def is_secrecy_over(order: AuthorityOrder, now: datetime) -> bool:
    """Return whether the date until which the client must not be told has passed."""
    until = order.silent_until if order.secrecy == "forbidden" else order.hold
    return order.secret and until is not None and now >= until
