"""When a prior notice has matured: how long before the measure the client has to be told (R16).

The least delay is the ground's, as data. It runs from the acceptance of the notice by the mail
server or, where the ground says so, from the formal notice. A shorter one needs a written reason:
of a formal notice it is the one that its shorter term has, and the measure waits for that term.
"""

from datetime import UTC, datetime, time, timedelta

from msgspec.structs import replace

from noc_tui.contract.suspension import facts, reasons
from noc_tui.contract.suspension.clock import PARIS, wall_clock_after
from noc_tui.contract.suspension.late_payment import SHORTER, formal_notice_of
from noc_tui.contract.suspension.notice import notice_rule
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.schedule import planned_start, word_instant
from noc_tui.contract.suspension.values import Case, OrderMove
from noc_tui.contract.terms import LeastDelay, Terms

FORMAL_NOTICE = "formal_notice_at"
"""The fact that says when the formal notice was given: a date or an instant."""


def least_delay_of(case: Case, terms: Terms) -> LeastDelay:
    """Return the delay of the case's notice: none where it need not come before."""
    delay = terms.ground(case.ground).least_delay
    return delay if notice_rule(case, terms).when == "before" else LeastDelay()


def matures_at(case: Case, terms: Terms, now: datetime) -> datetime | None:
    """Return the first instant at which the measure may be taken; None where nothing has to mature.

    A notice that has not been accepted yet counts as if it were at `now`.
    """
    delay = least_delay_of(case, terms)
    if not (delay.hours or delay.days):
        return None
    if case.notice.mode == "waived" and delay.shorter:
        return None  # not told before, for a written reason of its own
    since = _told_at(case, now)
    if delay.since == "formal-notice":
        since = _formal_notice(case) or since
    matured = since + timedelta(hours=delay.hours)
    matured = wall_clock_after(matured, delay.days) if delay.days else matured
    term = formal_notice_of(case) if delay.since == "formal-notice" else None
    if term is not None and case.fact(SHORTER):
        return term.ends_at
    return matured if term is None else max(matured, term.ends_at)


def _told_at(case: Case, now: datetime) -> datetime:
    """When the client was told. A measure that was put off was told with its earlier start, while
    nothing else of it is another.
    """
    notice, moved = case.notice, case.moved
    if moved is not None and moved.told_at is not None and _is_put_off(case, moved):
        return moved.told_at
    accepted = notice.mode == "before" and notice.delivery == "accepted"
    return notice.accepted_at if accepted and notice.accepted_at is not None else now


def _is_put_off(case: Case, moved: OrderMove) -> bool:
    start = planned_start(case)
    later = start is not None and moved.announced is not None and start >= moved.announced
    return later and replace(case.plan, schedule=moved.plan.schedule) == moved.plan


def _formal_notice(case: Case) -> datetime | None:
    given = case.fact(FORMAL_NOTICE)
    day = facts.a_date(given)
    if day is not None:
        return datetime.combine(day, time(0), PARIS).astimezone(UTC)
    return facts.an_instant(given)


def bound_until(case: Case, terms: Terms, now: datetime) -> datetime | None:
    """Return until when the notice keeps the plan from being carried out; None where nothing has to
    mature, or a written reason shortens it.
    """
    delay = least_delay_of(case, terms)
    shortened = delay.shorter and bool(case.plan.schedule.short_notice.strip())
    return None if shortened else matures_at(case, terms, now)


def plan_problems(case: Case, terms: Terms, now: datetime) -> list[Reason]:
    """Return why a planned start comes too soon after the notice, sent or yet to be sent."""
    start = planned_start(case)
    return [] if start is None else _problems(case, terms, now, max(start, now))


def order_problems(case: Case, terms: Terms, now: datetime) -> list[Reason]:
    """Return why the notice has not matured by the time that an order of `now` is carried out."""
    return _problems(case, terms, now, max(planned_start(case) or now, now))


def _problems(case: Case, terms: Terms, now: datetime, begins: datetime) -> list[Reason]:
    bound = bound_until(case, terms, now)
    if bound is None or begins >= bound:
        return []
    shorter = least_delay_of(case, terms).shorter
    text = reasons.NOT_MATURED if shorter else reasons.NOT_MATURED_EVER
    return [Reason("R16", text, {"at": word_instant(bound)})]
