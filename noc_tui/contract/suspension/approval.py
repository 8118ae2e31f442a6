"""Decides who must approve a plan, and to which plan the approval is bound (R15, R17)."""

import hashlib
from datetime import datetime, timedelta

import msgspec

from noc_tui.contract.suspension import reasons
from noc_tui.contract.suspension.effect import takes_whole_tenant
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.values import READY, Case, Person, Plan, Schedule, Tick
from noc_tui.contract.terms import Approval as ApprovalRule
from noc_tui.contract.terms import Ground, Terms


def digest(case: Case) -> str:
    """Return the SHA-256 of what an approver agrees to: tenant, grounds, terms, plan, facts,
    breached clauses, and the words of the notice that an operator put in the place of those drawn
    from all these.
    """
    return _sha256(*_facts_of(case), *_own_words(case))


def plan_digest(case: Case) -> str:
    """Return the SHA-256 of what the notice is drawn from: as `digest`, without the words of it."""
    return _sha256(*_facts_of(case))


def _facts_of(case: Case) -> tuple[object, ...]:
    return (
        case.tenant,
        case.ground,
        case.cites,
        case.aspects,
        case.terms_version,
        case.rehearsal,
        _planned(case.plan),
        dict(case.facts),
        [_proved(tick) for tick in case.ticks],
    )


def _planned(plan: Plan) -> object:
    """The plan; one that is carried out at once has the digest of before plans had times."""
    if plan.schedule != Schedule():
        return plan
    return {key: value for key, value in msgspec.to_builtins(plan).items() if key != "schedule"}


def _own_words(case: Case) -> tuple[object, ...]:
    """Nothing for the letter as it is drawn in French: the other parts settle that one."""
    notice = case.notice
    words: tuple[object, ...] = (notice.text,) if notice.edited else ()
    return words if notice.text.language == "fr" else (*words, notice.text.language)


def _sha256(*agreed: object) -> str:
    return hashlib.sha256(msgspec.json.encode(agreed, order="sorted")).hexdigest()


def _proved(tick: Tick) -> dict[str, object]:
    """What a tick rests on, whoever added it."""
    proofs = [{"kind": one.kind, "text": one.text, "sha256": one.sha256} for one in tick.evidence]
    return {"target": tick.target, "evidence": proofs}


def grounds_of(case: Case, terms: Terms) -> tuple[Ground, ...]:
    """The ground of a case and those cited beside it."""
    known = {ground.id for ground in terms.grounds}
    return tuple(terms.ground(key) for key in (case.ground, *case.cites) if key in known)


def rule_for(case: Case, terms: Terms) -> ApprovalRule:
    """Return the approval that the plan needs: `none`, `second`, `lead` or `break-glass`.

    A plan that leaves nothing of the tenant is one of all services, whatever its scope says.
    Robots or excessive use standing alone ask for a lead; a ground cited beside for an immediate
    danger brings its break-glass with it; maintenance outside an announced window asks for a lead.
    """
    ground = terms.ground(case.ground)
    whole = takes_whole_tenant(case, terms)
    rule = ground.approval_tenant if whole else ground.approval_guest
    if rule == "window":
        return "none" if _announced(case, terms) else "lead"
    if case.aspects and set(case.aspects) <= set(ground.lead_aspects):
        return "lead"
    if rule == "second" and _urgent_beside(case, terms):
        return "break-glass"
    return rule


def awaits(case: Case, terms: Terms) -> str:
    """Return whose agreement a checked case waits for; empty if it waits for nobody."""
    if case.state not in READY or case.approval is not None:
        return ""
    rule = rule_for(case, terms)
    return "" if rule == "none" else rule


def _urgent_beside(case: Case, terms: Terms) -> bool:
    return any(ground.urgent for ground in grounds_of(case, terms)[1:])


def _announced(case: Case, terms: Terms) -> bool:
    try:
        announced = datetime.fromisoformat(case.fact("announced_at"))
        start = datetime.fromisoformat(case.fact("window_start"))
        return start - announced >= timedelta(hours=terms.suspension.announce_hours)
    except (ValueError, TypeError):
        return False


def approve_problems(case: Case, terms: Terms, by: Person, seen: str) -> list[Reason]:
    """Return the reasons why this person cannot approve the plan whose digest was `seen`."""
    problems: list[Reason] = []
    if by.is_(case.opened_by):
        problems.append(Reason("R17", reasons.OWN_APPROVAL))
    if not by.may("operator"):
        problems.append(Reason("R15", reasons.ROLE_NEEDED, {"role": "operator"}))
    if rule_for(case, terms) == "lead" and not by.may("lead"):
        problems.append(Reason("R15", reasons.ROLE_NEEDED, {"role": "lead"}))
    if seen != digest(case):
        problems.append(Reason("", reasons.PLAN_CHANGED))
    return problems


def order_problems(case: Case, terms: Terms, by: Person, now: datetime) -> list[Reason]:
    """Return the reasons why the approval does not allow this person to order at `now`: none,
    another plan's, expired, or the person's own.
    """
    rule = rule_for(case, terms)
    if rule == "none":
        return []
    if case.approval is None:
        text = reasons.LEAD_NEEDED if rule == "lead" else reasons.SECOND_NEEDED
        return [Reason("R17", text)]
    problems: list[Reason] = []
    if case.approval.digest != digest(case):
        problems.append(Reason("R17", reasons.APPROVAL_OTHER_PLAN))
    if now >= case.approval.expires_at:
        problems.append(Reason("R17", reasons.APPROVAL_EXPIRED))
    if case.approval.by.is_(by):
        problems.append(Reason("R17", reasons.OWN_APPROVAL))
    if rule == "lead" and not case.approval.by.may("lead"):
        problems.append(Reason("R15", reasons.LEAD_NEEDED))
    return problems


def may_break_glass(case: Case, terms: Terms) -> bool:
    """Return whether one person alone may order, with a review to follow (R17)."""
    return rule_for(case, terms) == "break-glass"
