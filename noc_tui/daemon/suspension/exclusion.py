"""Excludes the time of a suspension that takes the whole tenant out from its downtime (R10, R23).

All services, or guests without which nothing of the tenant runs or is reached. From the moment the
means took effect to the moment the cause was remedied; from then to the lift counts again. Any
other suspension of single guests excludes nothing by itself: the rest of the tenant is to be
available, and whose an outage is, is decided outage by outage (R14).
"""

from typing import cast

from msgspec.structs import replace

from noc_tui.contract.exclusion_rules import StandingDecision, contradicts
from noc_tui.contract.sla_document import Basis
from noc_tui.contract.suspension.exclusion import suspended_span
from noc_tui.contract.suspension.values import Case, Person
from noc_tui.contract.terms import Terms
from noc_tui.daemon.availability.decisions import (
    DecisionSupport,
    exclude,
    finish,
    reopen_attribution,
)
from noc_tui.daemon.availability.month_figures import refresh_figures_since
from noc_tui.daemon.core.context import Context
from noc_tui.i18n import _
from noc_tui.queries.decision_facts import read_attributions, span_of
from noc_tui.roles import Caller, Role
from storage.change import Change
from storage.evidence import Actor
from storage.outages import EXCLUSIONS, Exclusion, attributions
from storage.times import micros


async def begin_exclusion(change: Change, case: Case, terms: Terms | None) -> Case:
    """Begin the exclusion when the suspension of a whole tenant took effect; return the case.

    Where its terms are not kept nothing says on which basis: its time counts
    until a person decides.
    """
    span = None if terms is None else suspended_span(case, terms)
    if span is None or not span.whole_tenant or case.exclusion is not None:
        return case
    by = case.ordered_by or case.opened_by
    row = await exclude(
        change,
        _caller(by),
        case.tenant,
        (micros(span.start), None),
        span.basis,
        _("suspension {id}").format(id=case.id),
        support=DecisionSupport(suspension=case.id),
    )
    await _reopen_contradicted(change, case, row)
    return replace(case, exclusion=row.id)


async def _reopen_contradicted(change: Change, case: Case, row: Exclusion) -> None:
    """Reopen what was attributed otherwise of outages that the suspension explains whole.

    So it is where the suspension was secret while the outages were attributed (R38).
    """
    end = None if case.remedy is None else micros(case.remedy.at)
    span = span_of(row.start, end)
    mine = StandingDecision(row.id, span, cast(Basis, row.basis), settled=True)
    wrong = {
        held.number
        for held in await read_attributions(change, case.tenant, span)
        if contradicts(mine, held)
    }
    for held in (await attributions(change, sorted(wrong))).values():
        by = case.ordered_by or case.opened_by
        why = _("suspension {id}").format(id=case.id)
        await reopen_attribution(change, Actor(by.uid, by.name), held, why)


async def end_exclusion(change: Change, case: Case) -> Case:
    """End what is excluded for the case at the remedy, outages attributed to it included; one that
    a person ended or withdrew is left as it is. Returns the case.
    """
    if case.remedy is None:
        return case
    by = case.remedy.by
    own = '(id = ? OR suspension = ?) AND "end" IS NULL AND withdrawn_at IS NULL'
    for row in await EXCLUSIONS.where(change, own, case.exclusion, case.id):
        await finish(change, Actor(by.uid, by.name), row.id, micros(case.remedy.at))
    return case


async def refresh_figures(change: Change, case: Case, context: Context) -> None:
    """Compute the months of the case's exclusion again."""
    row = None if case.exclusion is None else await EXCLUSIONS.get(change, case.exclusion)
    if row is not None:
        await refresh_figures_since(change, {case.tenant: row.start}, context)


def _caller(person: Person) -> Caller:
    return Caller(person.uid, person.name, Role[person.role.upper()])
