"""The life of an alert: raised after N observations, never resolved by the unknown, never doubled.

Pure: `advance` takes the alerts that are stored, an evaluation and what is remembered of those
before, and gives the alerts that changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from noc_tui.alerts.evaluate import Evaluation
from noc_tui.alerts.rule import rank
from noc_tui.alerts.rules import RULES
from noc_tui.alerts.violation import Violation
from storage.oncall import Alert

FLAP = timedelta(minutes=15)
"""A problem that returns within this time is the same alert: its acknowledgement holds, and nobody
is paged again.
"""


@dataclass(slots=True)
class AlertMemory:
    """How often in a row a rule was broken, or was kept again, and which observation was counted
    last.
    """

    wrong: dict[str, tuple[int, int]] = field(default_factory=dict)
    good: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Advance:
    """The changes of one evaluation: `raised` alerts are new or worse and need a person, as do
    those that `returned` from a snooze; `resolved` are observed good again, `dropped` are about
    things no longer configured; `changed` are only written.
    """

    raised: tuple[Alert, ...] = ()
    returned: tuple[Alert, ...] = ()
    resolved: tuple[Alert, ...] = ()
    dropped: tuple[Alert, ...] = ()
    changed: tuple[Alert, ...] = ()

    @property
    def rows(self) -> tuple[Alert, ...]:
        """All alerts to write: raised, returned, resolved, dropped and changed ones."""
        return (*self.raised, *self.returned, *self.resolved, *self.dropped, *self.changed)


def advance(
    stored: Mapping[str, Alert],
    evaluation: Evaluation,
    memory: AlertMemory,
    now: datetime,
    dropped: frozenset[str] = frozenset(),
) -> Advance:
    """Compare the stored alerts with this evaluation and return what changed. `dropped` are alerts
    about things that are no longer configured.
    """
    wrong = {violation.fingerprint: violation for violation in evaluation.violations}
    woken = {name: _wake(alert, now) for name, alert in stored.items() if _is_over(alert, now)}
    stored = {**stored, **woken}
    raised: list[Alert] = []
    changed: dict[str, Alert] = {}
    for fingerprint, violation in wrong.items():
        memory.good.pop(fingerprint, None)
        before = stored.get(fingerprint)
        after = _open_or_wait(before, violation, memory, now)
        if after is not None and after != before:
            if _is_news(before, after, now):
                raised.append(after)
            else:
                changed[fingerprint] = after
    for gone in memory.wrong.keys() - wrong.keys():
        del memory.wrong[gone]
    quiet = [one for one in stored.values() if one.state == "open" and one.fingerprint not in wrong]
    unlooked = [_resolve(alert, now) for alert in quiet if alert.fingerprint in dropped]
    resolved = [
        _resolve(alert, now)
        for alert in quiet
        if alert.fingerprint not in dropped
        and not evaluation.unobserved & {alert.scope, alert.subject, alert.fingerprint}
        and _is_good_again(memory, alert, evaluation.seen.get(alert.scope, 0))
    ]
    told = {alert.fingerprint for alert in (*raised, *resolved, *unlooked)}
    returned = [changed.pop(name, alert) for name, alert in woken.items() if name not in told]
    return Advance(
        tuple(raised), tuple(returned), tuple(resolved), tuple(unlooked), tuple(changed.values())
    )


def _resolve(alert: Alert, now: datetime) -> Alert:
    return replace(alert, state="resolved", resolved_at=now)


def _is_over(alert: Alert, now: datetime) -> bool:
    """Return whether it was snoozed and is not any more."""
    return alert.state == "open" and alert.snoozed_until is not None and alert.snoozed_until <= now


def _wake(alert: Alert, now: datetime) -> Alert:
    """An alert whose snooze is over: nobody has it, as when it was raised."""
    return replace(
        alert,
        snoozed_until=None,
        woken_at=now,
        acknowledged_at=None,
        acknowledged_by="",
        acknowledged_severity="",
    )


def _open_or_wait(
    before: Alert | None, violation: Violation, memory: AlertMemory, now: datetime
) -> Alert | None:
    """The alert after this look; None while it is not confirmed."""
    if before is not None and before.state == "open":
        return _update(before, violation)
    return _raise_alert(before, violation, now) if _is_confirmed(memory, violation) else None


def _is_news(before: Alert | None, after: Alert, now: datetime) -> bool:
    """New, back after long, or worse than it was: people are told."""
    if before is None or rank(after.severity) < rank(before.severity):
        return True
    return before.state == "resolved" and not _has_flapped(before, after, now)


def wants_people(alert: Alert, now: datetime) -> bool:
    """Return whether the alert is open, and neither acknowledged at this severity nor snoozed."""
    if alert.state != "open" or (alert.snoozed_until is not None and alert.snoozed_until > now):
        return False
    if alert.acknowledged_at is None:
        return True
    return rank(alert.severity) < rank(alert.acknowledged_severity)


def triage_order(alert: Alert, now: datetime) -> tuple[bool, int, datetime, datetime]:
    """Return the sort key of triage: unacknowledged first, then by severity, nearest deadline and
    age.
    """
    far = now + timedelta(days=36500)
    return (
        not wants_people(alert, now),
        rank(alert.severity),
        alert.deadline or far,
        alert.since,
    )


def _is_confirmed(memory: AlertMemory, violation: Violation) -> bool:
    """Return whether enough different observations in a row found it wrong."""
    times, last = memory.wrong.get(violation.fingerprint, (0, -1))
    if violation.seen == 0 or violation.seen != last:
        times += 1
    memory.wrong[violation.fingerprint] = (times, violation.seen)
    return times >= RULES[violation.rule].confirm


def _is_good_again(memory: AlertMemory, alert: Alert, seen: int) -> bool:
    """Return whether enough different observations in a row found nothing wrong any more."""
    times, last = memory.good.get(alert.fingerprint, (0, -1))
    if seen == 0 or seen != last:
        times += 1
    memory.good[alert.fingerprint] = (times, seen)
    if times < RULES[alert.rule].confirm:
        return False
    del memory.good[alert.fingerprint]
    return True


def _update(alert: Alert, violation: Violation) -> Alert:
    worse = rank(violation.severity) < rank(alert.severity)
    return replace(
        alert,
        severity=violation.severity,
        words=violation.words,
        deadline=violation.deadline,
        incident=alert.incident or violation.incident,
        snoozed_until=None if worse else alert.snoozed_until,
    )


def _raise_alert(before: Alert | None, violation: Violation, now: datetime) -> Alert:
    fresh = Alert(
        fingerprint=violation.fingerprint,
        rule=violation.rule,
        severity=violation.severity,
        scope=str(violation.scope),
        subject=str(violation.subject),
        tenant=violation.tenant,
        words=violation.words,
        deadline=violation.deadline,
        state="open",
        since=violation.since or now,
        raised=1 if before is None else before.raised + 1,
        resolved_at=None,
        acknowledged_at=None,
        acknowledged_by="",
        acknowledged_severity="",
        snoozed_until=None,
        assignee="",
        incident=violation.incident,
    )
    if before is None or not _has_flapped(before, fresh, now):
        return fresh
    return replace(
        fresh,
        since=before.since,
        acknowledged_at=before.acknowledged_at,
        acknowledged_by=before.acknowledged_by,
        acknowledged_severity=before.acknowledged_severity,
        snoozed_until=before.snoozed_until,
        woken_at=before.woken_at,
        assignee=before.assignee,
        incident=before.incident or violation.incident,
    )


def _has_flapped(before: Alert, after: Alert, now: datetime) -> bool:
    if before.resolved_at is None or rank(after.severity) < rank(before.severity):
        return False
    return now - before.resolved_at < FLAP
