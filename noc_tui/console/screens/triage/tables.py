"""The triage table's rows and columns, over plain values: causes with what follows from each."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from noc_tui.alerts.lifecycle import triage_order, wants_people
from noc_tui.cause_words import hit_tone, word_guests, word_hit
from noc_tui.causes import Cause, TenantHit
from noc_tui.console.screens.triage.data import TriageData, measure_span
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.alerts import text_of
from noc_tui.labels.states import StateLabel
from noc_tui.labels.tenant_now import word_left
from noc_tui.text import visible
from storage.oncall import Alert
from widgets.columns import Column
from widgets.filter_language import FilterField
from widgets.live_table import LiveTable

MARK = "☑ "
_BRANCH, _LAST = "├ ", "└ "


class TriageLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of triage: an alert, or one of a tenant or of the guests that a cause hits.

    `order` keeps the lines of a cause together; `cause` is that of an open alert. `alert` is None
    on a line about a tenant or guests, `tenant` is the one that the line is about. `waits` is true
    while the alert is unacknowledged.
    """

    order: tuple[int, int]
    label: StateLabel | None = None
    text: str
    tone: str = ""
    age: str = ""
    due: str = ""
    held: str = ""
    alert: Alert | None = None
    cause: Cause | None = None
    is_cause: bool = False
    tenant: str = ""
    waits: bool = False
    marked: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it is an alert about which something can be done."""
        return self.alert is not None and self.alert.state == "open"


def triage_lines(
    data: TriageData, now: datetime, *, marked: frozenset[str], cleared: frozenset[str]
) -> dict[str, TriageLine]:
    """Return the lines by key, an alert's by its fingerprint: open causes, what waits for someone
    and the worst first, then those of the `cleared` fingerprints.
    """
    lines: dict[str, TriageLine] = {}
    causes = sorted(data.causes, key=lambda cause: _rank(cause, data, now))
    for place, cause in enumerate(causes):
        found = list(_lines_of(cause, data, now, marked))
        for number, (key, line) in enumerate(found):
            branch = "" if number == 0 else _LAST if number == len(found) - 1 else _BRANCH
            lines[key] = msgspec.structs.replace(
                line, order=(place, number), text=branch + line.text
            )
    for number, alert in enumerate(data.cleared):
        if alert.fingerprint in cleared:
            lines[alert.fingerprint] = _cleared_line(alert, (len(causes), number), now)
    return lines


def members_of(cause: Cause, data: TriageData) -> list[Alert]:
    """Return the open alerts of a cause, itself first."""
    keys = [cause.problem.key, *(one.key for one in cause.explained)]
    return [data.alerts[key] for key in keys if key in data.alerts]


def _rank(
    cause: Cause, data: TriageData, now: datetime
) -> tuple[bool, bool, int, datetime, datetime]:
    """What waits first, then who is out, then as alerts are triaged."""
    members = members_of(cause, data)
    waits = any(wants_people(one, now) for one in members)
    out = cause.problem.rule == "outage" or any(hit.is_out for hit in cause.tenants)
    _quiet, severity, deadline, since = min(triage_order(one, now) for one in members)
    return not waits, not out, severity, deadline, since


def _lines_of(
    cause: Cause, data: TriageData, now: datetime, marked: frozenset[str]
) -> Iterator[tuple[str, TriageLine]]:
    first, *rest = members_of(cause, data)
    line = _alert_line(first, now, marked, cause)
    age = formats.age(now - cause.since) if cause.since is not None else line.age
    yield first.fingerprint, msgspec.structs.replace(line, is_cause=True, age=age)
    key = first.fingerprint
    if cause.guests is not None:
        yield f"{key} guests", _plain_line(cause, word_guests(cause.guests))
    for hit in cause.tenants:
        if hit.down or hit.now.is_out:
            yield f"{key} {hit.tenant}", _hit_line(cause, hit, now)
    for alert in rest:
        yield alert.fingerprint, _alert_line(alert, now, marked, cause)


def _plain_line(cause: Cause, text: str) -> TriageLine:
    return TriageLine(order=(0, 0), text=text, cause=cause)


def _hit_line(cause: Cause, hit: TenantHit, now: datetime) -> TriageLine:
    budget = hit.now.budget
    return TriageLine(
        order=(0, 0),
        text=word_hit(hit, now),
        tone=hit_tone(hit),
        due="" if budget is None else _("SLA: {left} left").format(left=word_left(budget)),
        cause=cause,
        tenant=hit.tenant,
    )


def _alert_line(alert: Alert, now: datetime, marked: frozenset[str], cause: Cause) -> TriageLine:
    label = states.SEVERITY.get(alert.severity, states.SEVERITY["unknown"])
    is_marked = alert.fingerprint in marked
    return TriageLine(
        order=(0, 0),
        label=label,
        text=(MARK if is_marked else "") + text_of(alert.rule, alert.words),
        age=formats.age(measure_span(alert, now)),
        due=_due(alert, now),
        held=_held(alert, now),
        alert=alert,
        cause=cause,
        tenant=alert.tenant,
        waits=wants_people(alert, now),
        marked=is_marked,
    )


def _cleared_line(alert: Alert, order: tuple[int, int], now: datetime) -> TriageLine:
    at = formats.clock_time(alert.resolved_at or now)
    return TriageLine(
        order=order,
        label=states.CLEARED,
        text=text_of(alert.rule, alert.words),
        age=formats.age(measure_span(alert, now)),
        due=_("at {time}").format(time=at),
        held=_held(alert, now),
        alert=alert,
        tenant=alert.tenant,
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
    if alert.acknowledged_by:
        return f"✔ {visible(alert.acknowledged_by)}"
    return _("incident {number}").format(number=alert.incident) if alert.incident else ""


def _words(line: TriageLine) -> str:
    fingerprint = "" if line.alert is None else line.alert.fingerprint
    return f"{line.text} {fingerprint} {line.held}"


def _severity_words(line: TriageLine) -> str:
    severity = "" if line.alert is None else line.alert.severity
    return severity if line.label is None else f"{severity} {_(line.label.word)}"


def _row_tone(line: TriageLine) -> str:
    return "muted" if line.alert is not None and not line.waits else ""


def triage_table() -> LiveTable[TriageLine]:
    """Return causes with what follows from each, then what was cleared."""
    return LiveTable(
        [
            Column(
                "state", _("Severity"), 14,
                lambda row: "" if row.label is None else row.label.text,
                order=lambda row: row.order,
                tone=lambda row: "" if row.label is None else row.label.tone,
                words=_severity_words,
            ),
            Column("text", _("What"), 30, lambda row: row.text, tone=lambda row: row.tone,
                   stretch=4),
            Column(
                "age", _("For"), 8, lambda row: row.age,
                order=lambda row: None if row.alert is None else row.alert.since, kind="since",
            ),
            Column(
                "due", _("Deadline"), 20, lambda row: row.due,
                order=lambda row: None if row.alert is None else row.alert.deadline, priority=2,
                kind="until",
            ),
            Column("held", _("Who"), 16, lambda row: row.held, priority=1),
        ],
        words=_words,
        opens=True,
        empty=_("No alert is open."),
        no_match=_("No alert matches {filter}"),
        row_tone=_row_tone,
        fields=[
            FilterField("tenant", _("Tenant"), lambda row: row.tenant),
            FilterField(
                "about", _("About"), lambda row: "" if row.alert is None else row.alert.subject
            ),
            FilterField("rule", _("Rule"), lambda row: "" if row.alert is None else row.alert.rule),
        ],
        id="alerts",
    )  # fmt: skip
