"""Decides which receivers get a page, and when. Pure. A page is one alert, once raised, for one
receiver.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from noc_tui.alerts.lifecycle import wants_people
from noc_tui.config.values import Receiver
from storage.oncall import Alert, Shift

TellingState = Literal["open", "resolved"]


def page_id(alert: Alert, receiver: str, state: TellingState) -> str:
    """Return the id of a page: the same for the same alert, start, severity, receiver and state, so
    that it is queued once.
    """
    # A flap keeps `since`: it is the same trouble, and nobody is told of it as new.
    parts = [
        alert.fingerprint,
        find_unanswered_start(alert).isoformat(),
        alert.severity,
        receiver,
        state,
    ]
    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def find_unanswered_start(alert: Alert) -> datetime:
    """Return since when the alert has needed a person: its first observation, or the end of its
    last snooze.
    """
    return alert.woken_at or alert.since


def on_call(shifts: Iterable[Shift], now: datetime) -> Shift | None:
    """Return the shift in force, or None."""
    return next((shift for shift in shifts if shift.start <= now < shift.end), None)


def next_on_call(shifts: Iterable[Shift], now: datetime) -> Shift | None:
    """Return the next shift, or None."""
    return min((s for s in shifts if s.start > now), key=lambda s: s.start, default=None)


def level(receiver: Receiver, shift: Shift | None) -> int:
    """Return after how many escalation steps a receiver gets the page: 0 at once. A receiver who is
    not on call comes one step later.
    """
    if receiver.account is None or shift is None or receiver.account == shift.account:
        return receiver.level
    return receiver.level + 1


def find_due_tellings(
    alerts: Iterable[Alert],
    receivers: Sequence[Receiver],
    shifts: Sequence[Shift],
    now: datetime,
    escalate_after: timedelta,
) -> list[tuple[Alert, Receiver]]:
    """Return the alerts and receivers whose pages are due: the first step at once, the next if
    nobody has acknowledged.
    """
    shift = on_call(shifts, now)
    return [
        (alert, receiver)
        for alert in alerts
        if wants_people(alert, now)
        for receiver in receivers
        if alert.severity in receiver.severities
        and now - find_unanswered_start(alert) >= level(receiver, shift) * escalate_after
    ]
