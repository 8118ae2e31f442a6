"""The alert table's rows and columns, over plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from noc_tui.alerts.lifecycle import triage_order, wants_people
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.alerts import text_of
from noc_tui.text import visible
from storage.oncall import Alert
from widgets.columns import Column
from widgets.filter_language import FilterField
from widgets.live_table import LiveTable


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert as it is now; `order` is its place, `waits` is true while it is unacknowledged."""

    alert: Alert
    text: str
    order: tuple[bool, int, datetime, datetime]
    waits: bool
    age: str
    due: str
    held: str


def alert_lines(alerts: Iterable[Alert], now: datetime) -> dict[str, AlertLine]:
    """A line for each alert, by its fingerprint."""
    return {alert.fingerprint: _line(alert, now) for alert in alerts}


def _line(alert: Alert, now: datetime) -> AlertLine:
    return AlertLine(
        alert=alert,
        text=text_of(alert.rule, alert.words),
        order=triage_order(alert, now),
        waits=wants_people(alert, now),
        age=formats.age(now - alert.since),
        due=_due(alert, now),
        held=_held(alert, now),
    )


def _due(alert: Alert, now: datetime) -> str:
    if alert.deadline is None:
        return ""
    if alert.deadline < now:
        return _("overdue by {age}").format(age=formats.age(now - alert.deadline))
    return _("in {age}").format(age=formats.age(alert.deadline - now))


def _held(alert: Alert, now: datetime) -> str:
    """Return who has it, and how."""
    if alert.snoozed_until is not None and alert.snoozed_until > now:
        return _("◔ until {time}").format(time=formats.clock_time(alert.snoozed_until))
    if alert.assignee:
        return f"→ {visible(alert.assignee)}"
    return f"✔ {visible(alert.acknowledged_by)}" if alert.acknowledged_by else ""


def alerts_table() -> LiveTable[AlertLine]:
    """Return every open alert."""
    return LiveTable(
        [
            Column(
                "state", _("Severity"), 14,
                lambda row: states.SEVERITY[row.alert.severity].text,
                order=lambda row: row.order,
                tone=lambda row: states.SEVERITY[row.alert.severity].tone,
                words=lambda row: (
                    f"{row.alert.severity} {_(states.SEVERITY[row.alert.severity].word)}"
                ),
            ),
            Column("text", _("What"), 30, lambda row: row.text, stretch=4),
            Column(
                "age", _("For"), 8, lambda row: row.age, order=lambda row: row.alert.since,
                kind="since",
            ),
            Column(
                "due", _("Deadline"), 12, lambda row: row.due,
                order=lambda row: row.alert.deadline, priority=2, kind="until",
            ),
            Column("held", _("Who"), 16, lambda row: row.held, priority=1),
        ],
        words=lambda row: f"{row.text} {row.alert.fingerprint} {row.held}",
        opens=True,
        empty=_("No alert is open."),
        no_match=_("No alert matches {filter}"),
        row_tone=lambda row: "" if row.waits else "muted",
        fields=[
            FilterField("tenant", _("Tenant"), lambda row: row.alert.tenant),
            FilterField("about", _("About"), lambda row: row.alert.subject),
            FilterField("rule", _("Rule"), lambda row: row.alert.rule),
        ],
        id="alerts",
    )  # fmt: skip
