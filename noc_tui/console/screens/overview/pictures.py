"""The overview's pictures: the last hour as a graph, the detail of a cause. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from noc_tui.cause_words import hit_tone, word_guests, word_hit, word_holder, word_problem
from noc_tui.causes import Cause
from noc_tui.console.screens.overview.data import OverviewFigures
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.alerts import next_step
from noc_tui.labels.tenant_now import word_left, word_tip
from storage.load_history import MINUTES
from widgets.bars import bar
from widgets.braille_graph import graph_lines
from widgets.toned_lines import TonedLine, fact_line, line_of

LABEL = 10


def draw_hour(
    figures: OverviewFigures, width: int, height: int, now: datetime
) -> tuple[str, list[TonedLine]]:
    """Return title and lines of the CPU of all nodes in the last hour, in percent of all cores."""
    samples = mean_load(figures)
    known = [one for one in samples if one is not None]
    figure = formats.percent(round(known[-1])) if known else formats.UNKNOWN
    title = _("CPU of all nodes · {now} now · last hour, by minute").format(now=figure)
    times = [formats.minutes(now - timedelta(minutes=ago)) for ago in (MINUTES, 45, 30, 15)]
    drawn = graph_lines(
        samples,
        width=max(20, width),
        height=height,
        top=100.0,
        say=lambda value: formats.percent(round(value)),
        times=[*times, _("now")],
    )
    return title, [TonedLine(((line, "accent"),), whole=False) for line in drawn]


def mean_load(figures: OverviewFigures) -> list[float | None]:
    """Return the load of all nodes by minute, weighted by their cores; None is a gap."""
    if figures.more is None:
        return []
    cores = {(node.cluster, node.name): node.cpus or 0 for node in figures.nodes}
    hours = [
        (cores[place], figures.more.hour.cpu(*place))
        for place in figures.more.hour.loads
        if cores.get(place)
    ]
    return [_weighted([(weight, hour[at]) for weight, hour in hours]) for at in range(MINUTES)]


def _weighted(loads: list[tuple[float, int | None]]) -> float | None:
    known = [(weight, load) for weight, load in loads if load is not None]
    whole = sum(weight for weight, _load in known)
    return sum(weight * load for weight, load in known) / whole if whole else None


def describe_cause(cause: Cause, now: datetime) -> list[TonedLine]:
    """Return the detail of a cause: what, since when, who is hurt, what to do, who has it."""
    return [*_describe(cause, now)]


def _describe(cause: Cause, now: datetime) -> Iterator[TonedLine]:
    yield fact_line(_("What"), (cause.problem.text, "strong"), width=LABEL)
    if cause.since is not None:
        since = f"{formats.instant(cause.since)} ({formats.age(now - cause.since)})"
        yield fact_line(_("Since"), (since, ""), width=LABEL)
    if cause.guests is not None:
        yield fact_line(_("Guests"), (word_guests(cause.guests), ""), width=LABEL)
    for hit in cause.tenants:
        yield fact_line(_("Hurts"), (word_hit(hit, now), hit_tone(hit)), width=LABEL)
        budget = hit.now.budget
        if budget is not None and (hit.down or hit.now.is_out):
            used = f"{bar(budget.used, 10)} {word_left(budget)}"
            yield fact_line("", (used, hit_tone(hit)), width=LABEL)
            if tip := word_tip(budget):
                yield fact_line("", (tip, "bad"), width=LABEL)
    if cause.problem.rule and (step := next_step(cause.problem.rule)):
        yield line_of("")
        yield fact_line(_("Next step"), (step, ""), width=LABEL)
    if holder := word_holder(cause, now):
        yield fact_line(_("Who"), (holder, ""), width=LABEL)
    if cause.explained:
        yield line_of("")
        for one in cause.explained:
            yield fact_line(_("Explains"), (word_problem(one), "muted"), width=LABEL)
