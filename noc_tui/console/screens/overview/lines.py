"""Makes the overview's lines of what was read. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from noc_tui.cause_words import hit_tone, word_guests, word_hit, word_holder, word_problem
from noc_tui.causes import Cause, TenantHit
from noc_tui.console.references import (
    CaseRef,
    GuestList,
    IncidentRef,
    ModeRef,
    NodeRef,
    Reference,
    TenantRef,
)
from noc_tui.console.screens.overview.data import OverviewFigures, OverviewMore, reference_of
from noc_tui.console.screens.overview.tables import (
    ClusterLine,
    EstateLine,
    NodeLine,
    RiskLine,
    StorageLine,
    WrongLine,
    age_of,
    cluster_line,
    node_line,
)
from noc_tui.i18n import _, ngettext
from noc_tui.labels import formats, states
from noc_tui.labels.tenant_now import HALF, word_left, word_next_tip
from noc_tui.ref import Ref
from noc_tui.views.storage_trend import storage_trend

GROUPED = 16
"""Up to so many lines each cluster has its nodes below it."""
SHOWN_HITS = 6
"""So many tenants stand under a cause; the others are counted."""


def wrong_lines(causes: Sequence[Cause], now: datetime) -> dict[str, WrongLine]:
    """Return the lines of all causes, by key."""
    lines: dict[str, WrongLine] = {}
    for place, cause in enumerate(causes):
        for number, (key, line) in enumerate(_lines_of(cause, now)):
            lines[key] = WrongLine(
                order=(place, number),
                text=line.text,
                tone=line.tone,
                standing=line.standing,
                holder=line.holder,
                opens=line.opens,
                is_cause=number == 0,
            )
    return lines


def quiet_lines(figures: OverviewFigures, more: OverviewMore, waiting: int) -> dict[str, WrongLine]:
    """Return what is said where nothing is wrong: how many run, and what comes next. What waits in
    triage, as the header counts it, comes first: while it does, somebody is needed.
    """
    running = sum(one.number for one in figures.guests if one.status == "running")
    every = sum(one.number for one in figures.guests)
    told = [
        "  "
        + ngettext("{running} of {n} guest runs", "{running} of {n} guests run", every).format(
            running=running, n=every
        ),
    ]
    if more.due:
        first = more.due[0]
        told.append(
            "  "
            + _("next due: {time} {what}").format(time=formats.minutes(first.at), what=first.text)
        )
    quiet = {
        f"quiet {number}": WrongLine(order=(0, number), text=text, tone="muted", is_cause=True)
        for number, text in enumerate(told, 1)
    }
    return {"quiet 0": _first_quiet_line(waiting), **quiet}


def _first_quiet_line(waiting: int) -> WrongLine:
    """Who is needed: nobody, or who triages."""
    if not waiting:
        text = _("✓ Nothing needs you.")
        return WrongLine(order=(0, 0), text=text, tone="muted", is_cause=True)
    text = _("▲ {count} to triage").format(count=waiting)
    opens = ModeRef("triage")
    return WrongLine(order=(0, 0), text=text, tone="warning", opens=opens, is_cause=True)


def _lines_of(cause: Cause, now: datetime) -> Iterator[tuple[str, WrongLine]]:
    problem = cause.problem
    label = states.SEVERITY[problem.severity]
    nowhere = (0, 0)
    yield (
        problem.key,
        WrongLine(
            order=nowhere,
            text=word_problem(problem),
            tone=label.tone,
            standing=age_of(cause.since, now),
            holder=word_holder(cause, now),
            opens=reference_of(problem),
        ),
    )
    if cause.guests is not None:
        text = f"   {word_guests(cause.guests)}"
        opens = reference_of(problem)
        yield f"{problem.key} guests", WrongLine(order=nowhere, text=text, tone="", opens=opens)
    for hit in cause.tenants[:SHOWN_HITS]:
        yield f"{problem.key} {hit.tenant}", _hit_line(hit, now)
    left = len(cause.tenants) - SHOWN_HITS
    if left > 0:
        words = ngettext("{n} more tenant", "{n} more tenants", left).format(n=left)
        text = f"   {words}"
        yield (
            f"{problem.key} more",
            WrongLine(order=nowhere, text=text, tone="muted", opens=ModeRef("tenants")),
        )


def _hit_line(hit: TenantHit, now: datetime) -> WrongLine:
    budget = hit.now.budget
    return WrongLine(
        order=(0, 0),
        text=f"   {word_hit(hit, now)}",
        tone=hit_tone(hit),
        standing="" if budget is None else word_left(budget),
        holder="" if budget is None else word_next_tip(budget),
        opens=TenantRef(hit.tenant),
    )


def count_causes(causes: Sequence[Cause]) -> tuple[int, int, int]:
    """Return how many causes there are, tenants that are out, tenants that are weakened."""
    hits = {hit.tenant: hit for cause in causes for hit in cause.tenants}
    out = {name for name, hit in hits.items() if hit.is_out}
    out |= {cause.problem.subject.first for cause in causes if cause.problem.rule == "outage"}
    weakened = {name for name, hit in hits.items() if hit.down and name not in out}
    return len(causes), len(out), len(weakened)


def estate_lines(
    clusters: Sequence[ClusterLine], figures: OverviewFigures
) -> dict[str, EstateLine]:
    """Return clusters and their nodes, by key."""
    stale = {line.cluster.name for line in clusters if line.stale}
    bearing = {(count.cluster, count.node): count for count in figures.bearing}
    lines: dict[str, EstateLine] = {}
    rows = len(clusters) + len(figures.nodes)
    for line in clusters:
        name = line.cluster.name
        lines[name] = cluster_line(line, GuestList(cluster=name, words=_("all guests")))
    for node in figures.nodes:
        place = (node.cluster, node.name)
        hour = () if figures.more is None else figures.more.hour.cpu(*place)
        found = NodeLine(node, bearing.get(place), node.cluster in stale, hour)
        opens = NodeRef(node.cluster, node.name)
        lines["/".join(place)] = node_line(found, opens)
    return lines if rows <= GROUPED else {key: _below(line) for key, line in lines.items()}


def _below(line: EstateLine) -> EstateLine:
    """Of a large estate clusters come first: no page of nodes hides one."""
    return replace(line, order=("" if line.is_cluster else " ", *line.order))


def risk_lines(more: OverviewMore) -> dict[str, RiskLine]:
    """Return the tenants that have used half of their month, or are out, or beyond."""
    lines = {}
    for tenant, now in more.tenants.items():
        budget = now.budget
        if budget is None or tenant not in more.names:
            continue
        if now.is_out or budget.tier or (budget.used or 0) >= HALF:
            rank = (not now.is_out, budget.left, tenant)
            lines[tenant] = RiskLine(tenant, more.names[tenant], budget, rank)
    return lines


def storage_lines(figures: OverviewFigures) -> dict[str, StorageLine]:
    """Return every storage with its trend, by key."""
    days = {} if figures.more is None else figures.more.days
    return {
        f"{one.cluster}/{one.name}/{one.node}": StorageLine(
            one, storage_trend(days.get((one.cluster, one.name, one.node), ()))
        )
        for one in figures.storages
    }


def find_reference(subject: Ref) -> Reference | None:
    """Return what to open for something that happened or falls due."""
    match subject.kind:
        case "incident":
            return IncidentRef(int(subject.name))
        case "suspension":
            return CaseRef(subject.name)
        case "node":
            return NodeRef(subject.parts[0], subject.parts[1])
        case "alert":
            return ModeRef("triage")
        case "maintenance":
            return ModeRef("timeline")
        case "handover":
            return ModeRef("handover")
    return None
