"""What people ask to leave out of the count: held against the rules, then written, or proposed.

What lowers a counted figure of a reviewed incident, a closed month or a claimed credit waits for a
second person (R38); it is held against the rules again when that person approves it.
"""

from dataclasses import dataclass, replace

import msgspec

from noc_tui.contract.attribution import BASIS, Party
from noc_tui.contract.calendar import instant
from noc_tui.contract.exclusion_rules import (
    CONTRADICTS,
    EXCLUDED_OTHERWISE,
    DecisionProblem,
    DowntimeDecision,
    Protection,
    StandingDecision,
    contradicts,
    is_contestable,
    limit_span,
    list_problems,
    reason_problems,
)
from noc_tui.contract.sla_document import Basis
from noc_tui.contract.spans import ENDLESS
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.availability import decisions
from noc_tui.daemon.availability.closed_months import word_closed
from noc_tui.daemon.availability.decisions import DecisionSupport
from noc_tui.daemon.availability.required_rows import need_outage, need_reason, need_tenant
from noc_tui.daemon.core.errors import Conflict, Forbidden, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.i18n import _
from noc_tui.queries.decision_facts import (
    find_lowered_month,
    read_attributions,
    read_exclusions,
    read_on_record,
    read_protections,
    span_of,
)
from noc_tui.roles import Caller
from storage.change import Change
from storage.decisions import APPROVED, DECLINED, OPEN, PROPOSED, ProposedDecision
from storage.ledger import next_id
from storage.month_closes import closed_months
from storage.outages import Attribution, Exclusion, attributions
from storage.times import micros


@dataclass(frozen=True, slots=True)
class DecisionAsk:
    """What somebody asks: time of a tenant that shall not count, or an outage that is somebody's.

    `party` is None for an exclusion that is no attribution; `case` names a suspension, empty for
    the one that is on record. `lead`: a lead asks.
    """

    tenant: str
    span: tuple[int, int | None]
    basis: Basis | None
    reason: str
    grounds: tuple[str, ...] = ()
    link: str = ""
    case: str = ""
    contestable: bool = False
    outage: int | None = None
    party: Party | None = None
    lead: bool = False


@dataclass(frozen=True, slots=True)
class _Weighed:
    """An ask that the rules let pass: what it rests on, and why it needs a second person."""

    support: DecisionSupport
    needs: set[Protection]


async def exclude(
    change: Change, caller: Caller, ask: DecisionAsk, book: TermsBook
) -> Exclusion | ProposedDecision:
    """Exclude a span on its basis, or propose to. Raises `Conflict` or `Forbidden` with what the
    basis asks for, or what is contradicted.
    """
    need_reason(ask.reason)
    await need_tenant(change, ask.tenant)
    start, end = ask.span
    if end is not None and end <= start:
        raise Conflict(_("an exclusion ends after it starts"))
    weighed = await _weigh(change, ask, book)
    if weighed.needs:
        return await _propose(change, caller, ask, weighed)
    return await _exclude(change, caller, ask, weighed.support)


async def attribute(
    change: Change, caller: Caller, ask: DecisionAsk, book: TermsBook
) -> Attribution | ProposedDecision:
    """Say whose an outage is, or propose to. Raises as `exclude`."""
    need_reason(ask.reason)
    weighed = await _weigh(change, ask, book)
    if weighed.needs:
        return await _propose(change, caller, ask, weighed)
    return await _attribute(change, caller, ask, weighed.support)


async def ask_of_outage(
    change: Change, outage: int, party: Party, reason: str, *, lead: bool
) -> DecisionAsk:
    """The ask that attributes an outage; `NotFound` where there is none of that number."""
    row = await need_outage(change, outage)
    return DecisionAsk(
        tenant=row.tenant,
        span=(row.start, row.end),
        basis=BASIS[party],
        reason=reason,
        outage=row.id,
        party=party,
        lead=lead,
    )


async def require_plannable(
    change: Change, tenant: str, span: tuple[int, int], reason: str, book: TermsBook
) -> None:
    """Refuse a maintenance window that reaches back into time which is not one person's."""
    if span[0] >= micros(change.at):
        return
    ask = DecisionAsk(tenant=tenant, span=span, basis="maintenance", reason=reason)
    if (await _weigh(change, ask, book)).needs:
        text = _(
            "this window reaches back into figures of {tenant} that a second person must agree to"
            " lower: exclude that time instead"
        )
        raise Conflict(text.format(tenant=tenant))


async def approve(
    change: Change, caller: Caller, number: int, note: str, book: TermsBook
) -> ProposedDecision:
    """Carry out what another person proposed, if the rules still let it pass."""
    row = await _need_open(change, number)
    if caller.name == row.account:
        raise Forbidden(_("another person than who proposed a decision approves it"))
    ask = await _ask_again(change, row)
    weighed = await _weigh(change, ask, book)
    support = replace(weighed.support, account=row.account, approved=caller.name)
    if ask.party is None:
        exclusion: int | None = (await _exclude(change, caller, ask, support)).id
    else:
        exclusion = (await _attribute(change, caller, ask, support)).exclusion
    return await _answer(change, caller, row, APPROVED, note, exclusion)


async def decline(change: Change, caller: Caller, number: int, reason: str) -> ProposedDecision:
    """Let a proposed decision fall, for a reason; who proposed it may do so too."""
    need_reason(reason)
    return await _answer(change, caller, await _need_open(change, number), DECLINED, reason, None)


async def _weigh(change: Change, ask: DecisionAsk, book: TermsBook) -> _Weighed:
    """Hold an ask against the rules; raises `Conflict` or `Forbidden` with all that is wrong."""
    former = await _former(change, ask.outage)
    now = micros(change.at)
    if ask.basis is None:
        _refuse(await _contradictions(change, ask, None, former))
        return _Weighed(DecisionSupport(grounds=ask.grounds, link=ask.link), set())
    decision = DowntimeDecision(
        basis=ask.basis,
        span=span_of(*ask.span),
        reason=ask.reason,
        grounds=ask.grounds,
        link=ask.link,
        lead=ask.lead,
    )
    known, case, window = await read_on_record(change, ask.tenant, decision, ask.case)
    problems = list_problems(decision, known)
    span = limit_span(decision, known)
    if not problems:
        settled = bool(case) or (window is not None and not is_contestable(decision, known))
        problems = await _contradictions(
            change, ask, StandingDecision(0, span, ask.basis, settled), former
        )
    _refuse(problems)
    needs = await read_protections(change, ask.tenant, span, without=former, book=book, now=now)
    if needs:
        _refuse(reason_problems(ask.reason))
        closed = await closed_months(change)
        month = await find_lowered_month(
            change, ask.tenant, span, closed, without=former, book=book, now=now
        )
        if month is not None:
            raise Conflict(word_closed(month, ask.tenant))
    support = DecisionSupport(
        grounds=ask.grounds,
        link=ask.link,
        suspension=case,
        maintenance=window,
        contestable=ask.contestable or is_contestable(decision, known),
        span=(span.start, None if span.end >= ENDLESS else span.end),
    )
    return _Weighed(support, needs)


async def _former(change: Change, outage: int | None) -> int | None:
    """The exclusion that the outage's attribution in force led to."""
    if outage is None:
        return None
    held = (await attributions(change, [outage])).get(outage)
    return None if held is None else held.exclusion


async def _contradictions(
    change: Change, ask: DecisionAsk, exclusion: StandingDecision | None, former: int | None
) -> list[DecisionProblem]:
    span = span_of(*ask.span)
    found: list[DecisionProblem] = []
    if exclusion is not None:
        found += [
            DecisionProblem(CONTRADICTS, {"number": held.number})
            for held in await read_attributions(change, ask.tenant, span)
            if held.number != ask.outage and contradicts(exclusion, held)
        ]
    if ask.outage is not None:
        mine = StandingDecision(ask.outage, span, ask.basis)
        found += [
            DecisionProblem(EXCLUDED_OTHERWISE, {"number": one.number})
            for one in await read_exclusions(change, ask.tenant, span, former)
            if contradicts(one, mine)
        ]
    return found


def _refuse(problems: list[DecisionProblem]) -> None:
    if not problems:
        return
    text = _("; ").join(_(one.text).format(**one.values) for one in problems)
    raise (Forbidden if any(one.forbidden for one in problems) else Conflict)(text)


async def _exclude(
    change: Change, caller: Caller, ask: DecisionAsk, support: DecisionSupport
) -> Exclusion:
    assert ask.basis is not None  # noqa: S101 -- tells mypy: an exclusion has one
    return await decisions.exclude(
        change,
        caller,
        ask.tenant,
        support.span or ask.span,
        ask.basis,
        ask.reason,
        support=support,
    )


async def _attribute(
    change: Change, caller: Caller, ask: DecisionAsk, support: DecisionSupport
) -> Attribution:
    assert ask.outage is not None and ask.party is not None  # noqa: S101, PT018 -- tells mypy
    return await decisions.attribute(
        change, caller, ask.outage, ask.party, ask.reason, ask.grounds, support
    )


async def _propose(
    change: Change, caller: Caller, ask: DecisionAsk, weighed: _Weighed
) -> ProposedDecision:
    number = await next_id(change, PROPOSED)
    start, end = weighed.support.span or ask.span
    needs = tuple(sorted(one.value for one in weighed.needs))
    about = [] if ask.outage is None else [f"outage:{ask.outage}"]
    entry = await change.record(
        "decision.proposed",
        [f"tenant:{ask.tenant}", f"decision:{number}", *about],
        {
            "start": instant(start),
            "end": None if end is None else instant(end),
            "basis": ask.basis,
            "party": None if ask.party is None else ask.party.value,
            "reason": ask.reason,
            "link": ask.link,
            "grounds": list(ask.grounds),
            "suspension": weighed.support.suspension,
            "needs": list(needs),
        },
        actor=actor(caller),
    )
    row = ProposedDecision(
        id=number,
        tenant=ask.tenant,
        outage=ask.outage,
        start=start,
        end=end,
        basis=ask.basis or "",
        party="" if ask.party is None else ask.party.value,
        reason=ask.reason,
        link=ask.link,
        grounds=ask.grounds,
        suspension=weighed.support.suspension,
        contestable=weighed.support.contestable,
        needs=needs,
        account=caller.name,
        at=micros(change.at),
        state=OPEN,
        decided_at=None,
        decided_account="",
        decided_reason="",
        exclusion=None,
        evidence=entry,
        decided_by=None,
    )
    await change.put(PROPOSED, [row], by=entry)
    return row


async def _need_open(change: Change, number: int) -> ProposedDecision:
    row = await PROPOSED.get(change, number)
    if row is None:
        raise NotFound(_("there is no proposed decision {number}").format(number=number))
    if row.state != OPEN:
        raise Conflict(_("decision {number} was answered already").format(number=number))
    return row


async def _ask_again(change: Change, row: ProposedDecision) -> DecisionAsk:
    """The ask of a proposed decision, of its outage as it is known by now."""
    lead = row.basis == "force_majeure"  # else it could not have been proposed
    if row.outage is not None and row.party:
        base = await ask_of_outage(change, row.outage, Party(row.party), row.reason, lead=lead)
        return replace(base, grounds=row.grounds, link=row.link, case=row.suspension)
    return DecisionAsk(
        tenant=row.tenant,
        span=(row.start, row.end),
        basis=msgspec.convert(row.basis, Basis),
        reason=row.reason,
        grounds=row.grounds,
        link=row.link,
        case=row.suspension,
        contestable=row.contestable,
        lead=lead,
    )


async def _answer(
    change: Change,
    caller: Caller,
    row: ProposedDecision,
    state: str,
    reason: str,
    exclusion: int | None,
) -> ProposedDecision:
    about = [] if row.outage is None else [f"outage:{row.outage}"]
    entry = await change.record(
        f"decision.{state}",
        [f"tenant:{row.tenant}", f"decision:{row.id}", *about],
        {"proposed": row.evidence, "account": row.account, "reason": reason},
        actor=actor(caller),
    )
    answered = msgspec.structs.replace(
        row,
        state=state,
        decided_at=micros(change.at),
        decided_account=caller.name,
        decided_reason=reason,
        exclusion=exclusion,
        decided_by=entry,
    )
    await change.put(PROPOSED, [answered], by=entry)
    return answered
