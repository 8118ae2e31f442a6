"""What changed in a case since it was last checked or approved: shown to whoever approves (R17)."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from noc_tui.contract.suspension.clock import PARIS
from noc_tui.contract.suspension.values import Case, CheckedPlan, Person


class PlanChange(msgspec.Struct, frozen=True):
    """One thing that is another one now; empty where it was not there, or is no more.

    `what` is scope, guests, means, ports, barrier, statement, start, conditions, short_notice,
    subject, body, or the id of a fact or of what is ticked after `fact:` or `tick:`.
    """

    what: str
    before: str
    now: str


def checked_plan_of(case: Case, by: Person, at: datetime) -> CheckedPlan:
    """Return the case as somebody checks it at `at`."""
    return CheckedPlan(
        by=by,
        at=at,
        plan=case.plan,
        facts=dict(case.facts),
        ticks=case.ticks,
        text=case.notice.text,
    )


def list_plan_changes(before: CheckedPlan, case: Case) -> tuple[PlanChange, ...]:
    """Return what is not as it was in that version, in the order of the case page."""
    then, now = dict(_told(before)), dict(_told(checked_plan_of(case, before.by, before.at)))
    return tuple(
        PlanChange(key, then.get(key, ""), now.get(key, ""))
        for key in dict.fromkeys((*then, *now))
        if then.get(key, "") != now.get(key, "")
    )


def _instant(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(PARIS).isoformat(sep=" ", timespec="minutes")


def _told(version: CheckedPlan) -> Iterator[tuple[str, str]]:
    plan = version.plan
    yield "scope", plan.scope
    yield "guests", ", ".join(f"{guest.ref} {guest.name}" for guest in plan.guests)
    yield "means", ", ".join(plan.means)
    yield "ports", ", ".join(plan.ports)
    yield "barrier", ", ".join(plan.barrier)
    yield "statement", plan.statement
    yield "start", _instant(plan.schedule.start)
    yield (
        "conditions",
        ", ".join(f"{one.kind} {_instant(one.by)}".strip() for one in plan.schedule.conditions),
    )
    yield "short_notice", plan.schedule.short_notice
    for key, answer in version.facts.items():
        yield f"fact:{key}", answer
    for tick in version.ticks:
        yield f"tick:{tick.target}", "; ".join(one.text for one in tick.evidence)
    yield "subject", version.text.subject
    yield "body", version.text.body
