"""Computes the time that a suspension excludes from the tenant's downtime (R23)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from noc_tui.contract.suspension.approval import grounds_of
from noc_tui.contract.suspension.values import Case, GuestId
from noc_tui.contract.terms import Terms


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
        whole_tenant=case.plan.scope == "tenant" or bool(case.plan.outage),
        start=case.started_at,
        end=case.remedy.at if case.remedy else None,
        lifted_at=case.closed_at,
        basis="suspension" if article_6 else "not_attributable",
    )
