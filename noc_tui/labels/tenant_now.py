"""Words what holds of a tenant now: how long it is out, why, and what is left of its month."""

from collections.abc import Iterator
from datetime import datetime

from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.statement import Words
from noc_tui.text import visible
from noc_tui.views.tenant_now import OUT, SlaBudget, TenantNow
from storage.outages import Maintenance, Outage
from storage.times import instant

HALF = 0.5
"""The used share of a month from which a tenant is at risk."""
_MINUTE, _HOUR = 60, 3600
_SECOND = 1_000_000


def word_state(state: str, now: TenantNow, at: datetime) -> str:
    """Return the glyph and word of a tenant's state; of one that is out since how long."""
    if state == OUT and now.outage is not None:
        return word_out(now.outage, at)
    return states.label_text(states.TENANT, state)


def word_out(outage: Outage, at: datetime) -> str:
    """Return since how long a tenant is out."""
    return f"{states.label_text(states.TENANT, OUT)} {formats.age(at - instant(outage.start))}"


def word_reason(now: TenantNow, at: datetime) -> str:
    """Return why a tenant is as it is, in one line: incident, suspension, maintenance; empty where
    there is nothing to say.
    """
    return " · ".join(_reasons(now, at))


def _reasons(now: TenantNow, at: datetime) -> Iterator[str]:
    if now.outage is not None:
        yield word_cause(now)
    if now.incident is not None:
        yield word_incident(now)
    elif now.unmeasured and now.outage is None:
        yield _("availability unknown")
    for case in now.cases:
        yield f"{visible(case.id)} {states.word_of(states.CASE, case.state)}"
    for window in now.windows[:1]:
        yield word_window(window, at)


def word_cause(now: TenantNow) -> str:
    """Return what its outage comes from: what the incident was opened for, else what availability
    saw.
    """
    outage, incident = now.outage, now.incident
    if outage is None:
        return ""
    if incident is not None and not incident.subject.startswith("tenant:"):
        from noc_tui.labels.incidents import title_of  # with the calendar: not for a first frame

        return visible(title_of(incident))
    return visible(Words(_).cause(outage.cause))


def word_incident(now: TenantNow) -> str:
    """Return the number of its incident, and who has it; empty without one."""
    if now.incident is None:
        return ""
    text = _("incident {number}").format(number=now.incident.id)
    return f"{text}, {visible(now.incident.owner)}" if now.incident.owner else text


def word_window(window: Maintenance, at: datetime) -> str:
    """Return when a maintenance window is; until when, where it is in force."""
    start, end = instant(window.start), instant(window.end)
    if start <= at:
        return _("maintenance until {time}").format(time=formats.instant(end))
    return _("maintenance {time}").format(time=formats.instant(start))


def word_left(budget: SlaBudget) -> str:
    """Return what is left of the month's tolerated downtime, or what is due by now."""
    if budget.tier:
        return _("{percent} % due").format(percent=budget.tier)
    return word_span(budget.left)


def word_span(micros: int) -> str:
    """A duration in its two largest units, truncated: `4 min 10 s`, `1 h 05`."""
    seconds = micros // _SECOND
    if seconds >= _HOUR:
        return _("{h} h {m:02}").format(h=seconds // _HOUR, m=seconds % _HOUR // _MINUTE)
    if seconds >= _MINUTE:
        return _("{m} min {s:02} s").format(m=seconds // _MINUTE, s=seconds % _MINUTE)
    return _("{n} s").format(n=seconds)


def word_tip(budget: SlaBudget) -> str:
    """Return what a running outage costs from when on; empty where nothing is ahead."""
    if budget.tip_at is None:
        return ""
    amount = "" if budget.tip_amount is None else f" ({formats.money(budget.tip_amount)})"
    text = _("{percent} %{amount} due from {time}")
    time = formats.clock_time(budget.tip_at)
    return text.format(percent=budget.tip_percent, amount=amount, time=time)


def word_next_tip(budget: SlaBudget) -> str:
    """Return the next credit of a running outage in a few words; empty where nothing is ahead."""
    if budget.tip_at is None:
        return ""
    text = _("{percent} % from {time}")
    return text.format(percent=budget.tip_percent, time=formats.clock_time(budget.tip_at))


def budget_tone(budget: SlaBudget) -> str:
    """Return how bad it is: a credit due, or due soon; nothing to say below half."""
    if budget.tier or budget.tip_at is not None:
        return "bad"
    return "warning" if (budget.used or 0) >= HALF else "muted"
