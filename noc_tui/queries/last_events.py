"""Reads what happened last, for the overview: incidents, alerts, and tasks that failed."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from noc_tui.contract.calendar import instant
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.alerts import text_of
from noc_tui.labels.incidents import kind_of
from noc_tui.labels.incidents import text_of as line_text
from noc_tui.ref import Ref
from noc_tui.text import visible
from noc_tui.views.shift import LastEvent
from storage import incidents, oncall
from storage.connection import Readable
from storage.incidents import Incident, IncidentEntry
from storage.inventory import TASKS, Task
from storage.oncall import Alert
from storage.times import micros

SPAN = timedelta(hours=12)
"""As long as a shift."""
LIMIT = 40


async def read_last_events(db: Readable, now: datetime) -> list[LastEvent]:
    """Return what happened within a shift, the newest first, worded for the reader."""
    since = now - SPAN
    known = {one.id: one for one in await incidents.recent_incidents(db)}
    found = [
        *_of_lines(await incidents.lines_since(db, micros(since)), known),
        *_of_alerts(await oncall.alerts_since(db, since), since),
        *_of_tasks(await _failed_tasks(db, since)),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:LIMIT]


async def _failed_tasks(db: Readable, since: datetime) -> list[Task]:
    return await TASKS.where(
        db,
        "outcome = 'error' AND ended_at >= ? ORDER BY ended_at DESC LIMIT ?",
        micros(since),
        LIMIT,
    )


def _of_lines(lines: Iterable[IncidentEntry], known: dict[int, Incident]) -> Iterator[LastEvent]:
    for line in lines:
        incident = known.get(line.incident)
        if incident is None:
            continue
        said = visible(line_text(line, incident))
        text = _("incident {number}, {kind}").format(number=incident.id, kind=kind_of(line.kind))
        by = "" if line.account == "nocd" else f" ({visible(line.account)})"
        text = formats.label_line(text, said) if said else text
        yield LastEvent(
            f"line:{line.id}", instant(line.at), text + by, Ref.of("incident", incident.id)
        )


def _of_alerts(alerts: Iterable[Alert], since: datetime) -> Iterator[LastEvent]:
    for alert in alerts:
        text, subject = text_of(alert.rule, alert.words), Ref.of("alert", alert.fingerprint)
        key = alert.fingerprint
        if alert.since >= since:
            yield LastEvent(f"{key} raised", alert.since, text, subject)
        if alert.acknowledged_at is not None and alert.acknowledged_at >= since:
            name = visible(alert.acknowledged_by)
            told = formats.label_line(_("acknowledged by {name}").format(name=name), text)
            yield LastEvent(f"{key} acknowledged", alert.acknowledged_at, told, subject)
        if alert.resolved_at is not None and alert.resolved_at >= since:
            age = formats.age(alert.resolved_at - alert.since)
            told = formats.label_line(_("over after {age}").format(age=age), text)
            yield LastEvent(f"{key} over", alert.resolved_at, f"✓ {told}", subject)


def _of_tasks(tasks: Iterable[Task]) -> Iterator[LastEvent]:
    for task in tasks:
        if task.ended_at is None:
            continue
        text = _("task {kind} of {target} on {node} failed").format(
            kind=visible(task.kind), target=visible(task.target) or "—", node=visible(task.node)
        )
        said = f"✖ {formats.label_line(text, visible(task.status or '?'))}"
        yield LastEvent(task.upid, task.ended_at, said, Ref.of("node", task.cluster, task.node))
