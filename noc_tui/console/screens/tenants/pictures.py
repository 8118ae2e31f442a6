"""A tenant's page in pictures: its month as a calendar, what holds now, what was sent. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from noc_tui.console.screens.tenants.tables import TenantLine, deadline_tone, deadline_words
from noc_tui.contract.calendar import instant, paris_day
from noc_tui.contract.quotas import Use
from noc_tui.contract.spans import ENDLESS, Span
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.contract import QUOTAS
from noc_tui.labels.statement import Words
from noc_tui.labels.tenant_now import (
    budget_tone,
    word_cause,
    word_incident,
    word_left,
    word_span,
    word_tip,
    word_window,
)
from noc_tui.text import visible
from noc_tui.views.month_row import stated_figure
from noc_tui.views.tenant_month import TenantMonth
from storage.outbox import Message
from storage.times import micros
from widgets.bars import bar
from widgets.calendar_bar import calendar_bar, calendar_scale, worst_marks
from widgets.sparkline import sparkline
from widgets.toned_lines import TonedLine, fact_line, line_of

LABEL = 13
GAUGE, SPARK = 10, 30
"""Columns of a bar beside its figure, and of the last hour."""
WORST_FIRST = "✖SM?"
"""The marks of a day: outage, suspension, other time that does not count, unmeasured."""


def draw_month(month: TenantMonth, line: TenantLine, now: datetime) -> list[TonedLine]:
    """Return the month as a calendar, what is used of it, its rates, and what a credit costs."""
    return [*_draw_month(month, line, now)]


def _draw_month(month: TenantMonth, line: TenantLine, now: datetime) -> Iterator[TonedLine]:
    days = month.account.month.last_day.day
    today = paris_day(micros(now)).day
    yield line_of(calendar_scale(days), "muted")
    marks = worst_marks(_marks(month, now), WORST_FIRST)
    yield line_of(calendar_bar(days, today, marks), "bad" if "✖" in marks.values() else "")
    legend = _("✖ outage  S suspended  M not counted  ? unmeasured")
    yield line_of(legend, "muted")
    budget = line.now.budget
    if budget is not None:
        text = word_left(budget)
        if not budget.tier:  # else it is what is due, and nothing is left
            text = _("{left} of {all} left").format(left=text, all=word_span(budget.tolerated))
        tone = budget_tone(budget)
        yield fact_line(_("Used"), (f"{bar(budget.used, 20)} {text}", tone), width=LABEL)
        if tip := word_tip(budget):
            yield fact_line(_("If it goes on"), (tip, "bad"), width=LABEL)
    rates = [(_("Contractual"), month.result.contractual), (_("Raw"), month.result.raw)]
    for label, figure in rates:
        percent = stated_figure(month, figure).percent
        told = formats.UNKNOWN if percent is None else f"{formats.decimal(percent)} %"
        yield fact_line(label, (told, ""), width=LABEL)


def _marks(month: TenantMonth, now: datetime) -> Iterator[tuple[int, str]]:
    base, until = month.account.month.span, micros(now)
    spans = [
        *((_span(row.start, row.end), "✖") for row in month.outages),
        *(
            (_span(row.start, row.end), "S" if row.basis == "suspension" else "M")
            for row in month.exclusions
            if row.in_force
        ),
        *((_span(row.start, row.end), "?") for row in month.unmeasured),
    ]
    for span, mark in spans:
        start = max(span.start, base.start)
        end = min(span.end, base.end, until if span.end >= ENDLESS else span.end)
        if start < end:
            for day in range(paris_day(start).day, paris_day(end - 1).day + 1):
                yield day, mark


def _span(start: int, end: int | None) -> Span:
    return Span(start, ENDLESS if end is None else end)


def describe_now(line: TenantLine, now: datetime) -> list[TonedLine]:
    """Return what holds now: state, cause, incident, suspensions, maintenance."""
    return [*_describe_now(line, now)]


def _describe_now(line: TenantLine, now: datetime) -> Iterator[TonedLine]:
    tone = states.label_tone(states.TENANT, line.state)
    yield fact_line(_("State"), (line.state_words, tone), width=LABEL)
    holds = line.now
    if holds.outage is not None:
        since = formats.instant_seconds(instant(holds.outage.start))
        yield fact_line(_("Since"), (since, "bad"), width=LABEL)
        yield fact_line(_("Cause"), (word_cause(holds), ""), width=LABEL)
    elif holds.unmeasured:
        yield fact_line("", (_("availability unknown"), "unknown"), width=LABEL)
    incident = word_incident(holds) or _("none")
    yield fact_line(_("Incident"), (incident, "" if holds.incident else "muted"), width=LABEL)
    uses = line.uses
    running = f"{uses.running}/{uses.guests}" if uses else "0"
    if uses and uses.unknown:
        running += " · " + formats.label_line(
            states.word_of(states.GUEST, "unknown"), str(uses.unknown)
        )
    yield fact_line(_("Guests up"), (running, ""), width=LABEL)
    for case in holds.cases:
        told = f"{visible(case.id)} · {states.label_text(states.CASE, case.state)}"
        yield fact_line(_("Suspension"), (told, "warning"), width=LABEL)
    for window in holds.windows:
        told = f"{word_window(window, now)} · {visible(window.title)}"
        yield fact_line(_("Maintenance"), (told, ""), width=LABEL)


def describe_tenant(line: TenantLine, now: datetime) -> list[TonedLine]:
    """Return what is told of a tenant beside the list: what holds, its month, its estate."""
    return [*_describe_tenant(line, now)]


def _describe_tenant(line: TenantLine, now: datetime) -> Iterator[TonedLine]:
    yield from _describe_now(line, now)
    budget = line.now.budget
    if budget is not None:
        used = f"{bar(budget.used, GAUGE)} {word_left(budget)}"
        yield fact_line(_("SLA used"), (used, budget_tone(budget)), width=LABEL)
        if tip := word_tip(budget):
            yield fact_line(_("If it goes on"), (tip, "bad"), width=LABEL)
    if line.hour:
        yield fact_line(_("CPU, 1 h"), (sparkline(line.hour, SPARK), "accent"), width=LABEL)
    yield line_of("")
    for name, one in line.quotas.items():
        tone = states.label_tone(states.FILL, one.fill)
        yield fact_line(_(QUOTAS[name]), (_word_quota(name, one), tone), width=LABEL)
    if line.uses:
        backup = states.label_of(states.BACKUP, line.backup)
        yield fact_line(_("Backups"), (backup.text, backup.tone), width=LABEL)
    if line.deadline is not None:
        yield fact_line(_("Contract"), (deadline_words(line), deadline_tone(line)), width=LABEL)
    if line.tenant is not None and line.tenant.email:
        yield fact_line(_("E-mail"), (visible(line.tenant.email), ""), width=LABEL)


def _word_quota(name: str, one: Use) -> str:
    """What is used, as a bar where there is a limit; without one the figure alone."""
    write = formats.size if name in ("memory", "disk") else formats.count
    used = write(one.used)
    if not one.allowed:
        return used
    share = None if one.used is None else one.used / one.allowed
    return f"{bar(share, GAUGE)} {used} / {write(one.allowed)}"


def list_sent(messages: Sequence[Message]) -> list[TonedLine]:
    """Return what was sent to the client, the newest first, with what the server said of it."""
    if not messages:
        return [line_of(_("Nothing was sent."), "muted")]
    return [
        TonedLine(
            (
                (f"{formats.instant(one.queued_at)}  ", "muted"),
                (f"{states.label_of(states.DELIVERY, one.state).glyph} ",
                 states.label_tone(states.DELIVERY, one.state)),
                (visible(one.subject), ""),
            ),
            indent=4,
        )
        for one in messages
    ]  # fmt: skip


def entitle_tenant(line: TenantLine) -> str:
    """Return the page's title: name, state, cause and incident of an outage."""
    parts = [visible(f"{line.name} ({line.id})"), line.state_words]
    if line.now.is_out:
        parts += [word_cause(line.now), word_incident(line.now)]
    return " · ".join(filter(None, parts))


def month_title(month: TenantMonth) -> str:
    """Return the month and how much of it was measured, where that is not all."""
    text = str(month.account.month)
    if month.unseen:
        text += f" · {Words(_).reason('not observed')}"
    return text
