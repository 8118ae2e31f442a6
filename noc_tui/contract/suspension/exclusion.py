"""Computes the time that a suspension excludes from the tenant's downtime (R23)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from noc_tui.contract.suspension.approval import grounds_of
from noc_tui.contract.suspension.values import ENDED, PLANNED, PREPARING, Case, GuestId
from noc_tui.contract.terms import Terms

RESTART_LIMIT = timedelta(minutes=10)
"""How long after the order to restore the services may take to answer (our stand): what takes
longer is the hoster's, and counts.
"""


@dataclass(frozen=True, slots=True)
class SuspendedSpan:
    """A span that an exclusion may name; `end` is None while the cause is not remedied.

    `basis` is `suspension` under an article 6 ground, else `not_attributable` (articles 5.1 and 8).
    `lifted_at` is when it ended: from `end` to then time counts, and is flagged. `whole_tenant` is
    true too where some guests were suspended and the tenant's outage follows from that (R23).
    """

    tenant: str
    guests: tuple[GuestId, ...]
    whole_tenant: bool
    start: datetime
    end: datetime | None
    lifted_at: datetime | None
    basis: Literal["suspension", "not_attributable"]


def suspended_span(case: Case, terms: Terms) -> SuspendedSpan | None:
    """Return the span to exclude for a case that took effect; None before that, and for a
    rehearsal.
    """
    if case.started_at is None or case.rehearsal:
        return None
    article_6 = any(ground.article == "6" for ground in grounds_of(case, terms))
    return SuspendedSpan(
        tenant=case.tenant,
        guests=case.suspended,
        whole_tenant=is_whole_outage(case),
        start=case.started_at,
        end=case.remedy.at if case.remedy else None,
        lifted_at=case.closed_at,
        basis="suspension" if article_6 else "not_attributable",
    )


def is_whole_outage(case: Case) -> bool:
    """Return whether the tenant's outage follows from the suspension, whoever is suspended."""
    return case.plan.scope == "tenant" or bool(case.plan.outage)


def restart_end(case: Case) -> datetime | None:
    """Return until when an outage that began under the suspension is still its own; None while
    nobody ordered its restoration.
    """
    return None if case.lift_ordered_at is None else case.lift_ordered_at + RESTART_LIMIT


def keeps_out(case: Case, start: datetime, at: datetime) -> bool:
    """Return whether an outage that began at `start` and lasts at `at` is the suspension's own: its
    order was being carried out or stood then, and its services may still be starting.
    """
    begun, lifted, until = case.begun_at, case.lift_ordered_at, restart_end(case)
    if case.rehearsal or not is_whole_outage(case) or begun is None or start < begun:
        return False
    if lifted is not None and until is not None:
        return start < lifted and at <= until
    return case.state not in ENDED | PLANNED | PREPARING
