"""What the next nightly run erases, and why: by the same facts and rules, without erasing."""

from datetime import datetime, time, timedelta

from noc_tui.api import evidence as api
from noc_tui.contract.calendar import PARIS
from noc_tui.contract.retention import load_retention
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.evidence.kept_apart import subjects_kept_apart
from noc_tui.daemon.evidence.retention_run import NIGHT
from noc_tui.queries.retention import find_due, read_facts
from storage.connection import Readable


def next_run(now: datetime) -> datetime:
    """When the next run is due: at `NIGHT` in Paris."""
    local = now.astimezone(PARIS)
    day = local.date() if local.hour < NIGHT else local.date() + timedelta(days=1)
    return datetime.combine(day, time(NIGHT), PARIS)


async def plan_next_run(context: Context, db: Readable, now: datetime) -> api.RetentionPlan:
    """Return what the next run would erase as things stand, rule by rule, and what waits for two
    leads by then. A dispute, an open case or a claim that comes before it changes that.
    """
    at = next_run(now)
    facts = await read_facts(
        db,
        context.terms,
        at,
        await subjects_kept_apart(context, db, at),
        context.config.evidence.keep_days,
    )
    rules = load_retention()
    found: dict[str, list[api.DueContent]] = {}
    counts: dict[str, int] = {}
    for two_leads in (False, True):
        async for rule, entries in find_due(db, rules, facts, at, two_leads=two_leads):
            listed = found.setdefault(rule.id, [])
            counts[rule.id] = counts.get(rule.id, 0) + len(entries)
            room = api.MOST_ERASED - len(listed)
            listed += [
                api.DueContent(entry.seq, entry.at, entry.kind, tuple(entry.subjects))
                for entry in entries[: max(0, room)]
            ]
    return api.RetentionPlan(
        at=at,
        rules=tuple(
            api.RetentionDue(
                rule=rule.id,
                label=rule.label,
                under=rule.under,
                months=rule.months,
                counts_from=rule.counts_from,
                two_leads=rule.two_leads,
                kinds=rule.kinds,
                number=counts.get(rule.id, 0),
                contents=tuple(found.get(rule.id, ())),
            )
            for rule in rules.rule
        ),
        disputed=tuple(sorted(context.config.evidence.disputed)),
    )
