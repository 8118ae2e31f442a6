"""Reads what falls due in this shift and the first hours of the next."""

from collections.abc import Iterator
from datetime import datetime

from noc_tui.contract.calendar import instant
from noc_tui.i18n import _, ngettext
from noc_tui.labels.alerts import text_of
from noc_tui.ref import Ref
from noc_tui.text import visible
from noc_tui.views.shift import DueLine, look_until
from storage import oncall, outages, suspension
from storage.connection import Readable
from storage.oncall import Alert, Duty
from storage.outages import Maintenance
from storage.suspension import Suspension
from storage.times import micros


async def read_due(db: Readable, now: datetime, duty: Duty) -> list[DueLine]:
    """Return what is due until then, the next first, worded for the reader."""
    until = look_until(now, duty)
    found = [
        *_handover(duty),
        *_windows(await outages.windows_between(db, micros(now), micros(until)), now),
        *_cases(await suspension.open_cases(db)),
        *_alerts(await oncall.open_alerts(db), now),
    ]
    return sorted(
        (one for one in found if now <= one.at <= until), key=lambda one: (one.at, one.key)
    )


def _handover(duty: Duty) -> Iterator[DueLine]:
    if duty.until is not None:
        text = _("end of the shift of {name}").format(name=visible(duty.account))
        if duty.following:
            text = _("handover to {name}").format(name=visible(duty.following))
        yield DueLine("handover", duty.until, text, Ref.of("handover"))


def _windows(windows: list[Maintenance], now: datetime) -> Iterator[DueLine]:
    for window in windows:
        start, end = instant(window.start), instant(window.end)
        text = ngettext(
            "maintenance: {title}, {n} tenant",
            "maintenance: {title}, {n} tenants",
            len(window.tenants),
        ).format(title=visible(window.title), n=len(window.tenants))
        begins = start > now
        told = text if begins else _("end of {what}").format(what=text)
        subject = Ref.of("maintenance", window.id)
        yield DueLine(f"maintenance:{window.id}", start if begins else end, told, subject)


def _cases(cases: list[Suspension]) -> Iterator[DueLine]:
    for case in cases:
        named = f"{visible(case.id)}, {visible(case.tenant_name)}"
        for what, at, text in (
            ("start", case.starts_at, _("planned order: {case}")),
            ("termination", case.deadline, _("right to terminate opens: {case}")),
            ("review", case.review_due, _("review due: {case}")),
        ):
            if at is not None and not case.rehearsal:
                subject = Ref.of("suspension", case.id)
                yield DueLine(f"{what}:{case.id}", at, text.format(case=named), subject)


def _alerts(alerts: list[Alert], now: datetime) -> Iterator[DueLine]:
    for alert in alerts:
        text, subject = text_of(alert.rule, alert.words), Ref.of("alert", alert.fingerprint)
        if alert.deadline is not None:
            yield DueLine(f"deadline:{alert.fingerprint}", alert.deadline, text, subject)
        if alert.snoozed_until is not None and alert.snoozed_until > now:
            told = _("snooze ends: {what}").format(what=text)
            yield DueLine(f"snooze:{alert.fingerprint}", alert.snoozed_until, told, subject)
