"""The events from draft to order: edits, waivers, check, approval, notice, order, cancellation."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from noc_tui.contract.suspension import (
    approval,
    late_payment,
    maturity,
    notice,
    proofs,
    reasons,
)
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.checklist import checklist, open_reasons
from noc_tui.contract.suspension.clock import PARIS
from noc_tui.contract.suspension.plan_changes import checked_plan_of, list_plan_changes
from noc_tui.contract.suspension.ports import port_problems
from noc_tui.contract.suspension.reasons import Reason, Refused
from noc_tui.contract.suspension.schedule import (
    judge_start,
    planned_start,
    start_problems,
)
from noc_tui.contract.suspension.typed_name import is_same_name
from noc_tui.contract.suspension.values import (
    BARRIER,
    ENDED,
    PLANNED,
    PREPARING,
    READY,
    Approval,
    Case,
    ClientAnswer,
    ConditionKind,
    FormalNoticeLetter,
    HoldReason,
    Person,
    Review,
    Role,
    State,
    Waiver,
)
from noc_tui.contract.terms import Terms

# Each takes the one event it is registered for.
Judged = Callable[[Case, Any, Terms], Case]
Free = Callable[[Case, Any], Case]

change = msgspec.structs.replace


def refuse_if(problems: Iterable[Reason]) -> None:
    """Raise `Refused` when there is any problem."""
    found = tuple(problems)
    if found:
        raise Refused(found)


def from_states(case: Case, allowed: Iterable[State]) -> list[Reason]:
    """Return a problem if the case is in none of these states."""
    if case.state in allowed:
        return []
    return [Reason("R15", reasons.NOT_FROM, {"state": case.state})]


def by_role(person: Person | None, role: Role) -> list[Reason]:
    """Return a problem if nobody acts, or a person below that role."""
    if person is not None and person.may(role):
        return []
    return [Reason("R15", reasons.ROLE_NEEDED, {"role": role})]


def person(event: ev.Event) -> Person:
    """Return the person of an event; only people cause such events."""
    if event.by is None:
        raise Refused([Reason("R32", reasons.ROLE_NEEDED, {"role": "operator"})])
    return event.by


def _edited(case: Case, event: ev.Edited, terms: Terms) -> Case:
    refuse_if(
        from_states(case, PREPARING)
        + by_role(event.by, "operator")
        + _odd(event, terms)
        + _answers_for_lead(case, event)
        + proofs.file_problems(case, event)
    )
    edited = change(
        case,
        plan=case.plan if event.plan is None else event.plan,
        facts=case.facts if event.facts is None else dict(event.facts),
        ticks=proofs.add_proofs(case, event),
        cites=case.cites if event.cites is None else event.cites,
        aspects=case.aspects if event.aspects is None else event.aspects,
    )
    if event.text is not None:
        words = change(edited.notice, text=event.text, drawn=event.drawn, basis=event.basis)
        edited = change(edited, notice=words)
    if edited.plan.schedule.start != case.plan.schedule.start:
        refuse_if(start_problems(edited, event.at))
    if approval.digest(edited) == approval.digest(case):
        return edited
    return change(edited, state="draft", approval=None)


def _answers_for_lead(case: Case, event: ev.Edited) -> list[Reason]:
    """Whether a dispute is answered is a lead's to say: the order waits for nothing else (R20)."""
    if event.facts is None or (event.by is not None and event.by.may("lead")):
        return []
    if event.facts.get("dispute_answer", "") == case.facts.get("dispute_answer", ""):
        return []
    return [Reason("R20", reasons.DISPUTE_OF_LEAD, article="7")]


def _odd(event: ev.Edited, terms: Terms) -> list[Reason]:
    means = {row.id for row in terms.means}
    grounds = {row.id for row in terms.grounds}
    chosen = event.plan.means if event.plan else ()
    problems = [*port_problems(event.plan, terms)] if event.plan else []
    if event.plan and BARRIER in chosen and not event.plan.barrier:
        problems.append(Reason("R18", reasons.NOBODY_BARRED))
    problems += [
        Reason("R18", reasons.UNKNOWN_MEANS, {"means": key}) for key in chosen if key not in means
    ]
    problems += [
        Reason("R15", reasons.UNKNOWN_GROUND, {"ground": key})
        for key in event.cites or ()
        if key not in grounds
    ]
    return problems + [
        problem for tick in event.ticks or () for problem in proofs.odd_tick(tick, terms)
    ]


def _proof_withdrawn(case: Case, event: ev.ProofWithdrawn) -> Case:
    problems = from_states(case, PREPARING) + by_role(event.by, "operator")
    if not event.reason.strip():
        problems.append(Reason("R19", reasons.NO_REASON))
    if proofs.find_proof(case, event.number) is None:
        values = {"number": str(event.number)}
        problems.append(Reason("", reasons.NO_SUCH_PROOF, values))
    refuse_if(problems)
    without = proofs.without_proof(case, event.number, person(event), event.at, event.reason)
    return change(without, state="draft", approval=None)


def _client_answered(case: Case, event: ev.ClientAnswered) -> Case:
    """Also of a case that is over: what a client answers belongs to its case for ever."""
    problems = by_role(event.by, "operator") + proofs.answer_problems(case, event)
    refuse_if(problems)
    answer = ClientAnswer(
        text=event.text.strip(),
        received_at=event.received_at,
        by=person(event),
        at=event.at,
        file=event.file,
        name=event.name,
    )
    return change(case, answers=(*case.answers, answer))


def _waived(case: Case, event: ev.StepWaived, terms: Terms) -> Case:
    problems = from_states(case, PREPARING) + by_role(event.by, "operator")
    if not event.reason.strip():
        problems.append(Reason("R19", reasons.NO_REASON))
    waivable = {step.id for step in checklist(case, terms, earlier=1) if step.waivable}
    if event.step not in waivable:
        problems.append(Reason("R19", reasons.NOT_WAIVABLE, {"step": event.step}))
    refuse_if(problems)
    waiver = Waiver(step=event.step, reason=event.reason.strip(), by=person(event), at=event.at)
    kept = tuple(known for known in case.waivers if known.step != event.step)
    return change(case, waivers=(*kept, waiver))


def _checked(case: Case, event: ev.Checked, terms: Terms) -> Case:
    refuse_if(
        from_states(case, PREPARING)
        + by_role(event.by, "operator")
        + open_reasons(case, terms, event.at, event.earlier)
        + maturity.plan_problems(case, terms, event.at)
    )
    case = change(case, hold=None)
    known = case.checked
    if known is not None and not list_plan_changes(known, case):
        return advance(case)
    version = checked_plan_of(case, person(event), event.at)
    return advance(change(case, checked=version, previous=known))


def advance(case: Case) -> Case:
    """Return a case that is checked in the state that agreement and notice give it."""
    return change(case, state=_furthest(case))


def _furthest(case: Case) -> State:
    """The state of a case that is checked, by what was already agreed and told."""
    if case.notice.mode in ("after", "waived", "withheld"):
        return "notice-waived"
    told = case.notice.mode == "before" and case.notice.delivery == "accepted"
    if told and case.notice.digest == approval.digest(case):
        return "notified"
    return "approved" if case.approval else "checked"


def _approved(case: Case, event: ev.Approved, terms: Terms) -> Case:
    by = person(event)
    refuse_if(from_states(case, READY) + approval.approve_problems(case, terms, by, event.seen))
    expires = event.at + timedelta(hours=terms.suspension.approval_hours)
    given = Approval(by=by, at=event.at, digest=event.seen, expires_at=expires)
    return advance(change(case, approval=given))


def _queued(case: Case, event: ev.NoticeQueued) -> Case:
    """Before the order it is the notice; after it, the one that was owed."""
    refuse_if(notice.send_problems(case))
    if case.state not in PREPARING:
        return change(
            case, notice=change(case.notice, message_id=event.message_id, delivery="queued")
        )
    refuse_if(from_states(case, READY) + by_role(event.by, "operator"))
    sent = change(
        case.notice,
        mode="before",
        reason="",
        digest=approval.digest(case),
        message_id=event.message_id,
        delivery="queued",
        accepted_at=None,
    )
    return advance(change(case, notice=sent))


def _delivered(case: Case, event: ev.NoticeDelivered) -> Case:
    if event.message_id and event.message_id != case.notice.message_id:
        return case  # an answer about a notice that was replaced since
    accepted = event.at if event.delivery == "accepted" else None
    after = change(
        case.notice, delivery=event.delivery, accepted_at=case.notice.accepted_at or accepted
    )
    told = change(case, notice=after)
    return advance(told) if case.state in READY else told


def _formal_notice_queued(case: Case, event: ev.FormalNoticeQueued, terms: Terms) -> Case:
    refuse_if(
        from_states(case, PREPARING)
        + by_role(event.by, "operator")
        + late_payment.list_formal_notice_problems(case, terms, event.at)
    )
    sent = event.at.astimezone(PARIS).date()
    letter = FormalNoticeLetter(
        invoice=case.fact("invoice_ref"),
        amount=case.fact("unpaid_part"),
        until=event.until,
        sent_at=event.at,
        message_id=event.message_id,
    )
    days = {"formal_notice_at": str(sent), "formal_notice_until": str(event.until)}
    told = change(case, formal_notice=letter, facts={**case.facts, **days})
    return change(told, state="draft", approval=None)


def _formal_notice_delivered(case: Case, event: ev.FormalNoticeDelivered) -> Case:
    letter = case.formal_notice
    if letter is None or letter.message_id != event.message_id:
        return case  # an answer about a letter that was replaced since
    return change(case, formal_notice=change(letter, delivery=event.delivery))


def _invoice_seen(case: Case, event: ev.InvoiceSeen) -> Case:
    return case if case.state in ENDED else change(case, invoice=event.invoice)


def _set_aside(case: Case, event: ev.NoticeSetAside, terms: Terms) -> Case:
    refuse_if(
        from_states(case, PREPARING)
        + by_role(event.by, "operator")
        + notice.mode_problems(case, terms, event.mode, event.reason)
    )
    aside = change(
        case.notice, mode=event.mode, reason=event.reason.strip(), delivery="unsent", message_id=""
    )
    told = change(case, notice=aside)
    if notice.draft_moment(told, terms) != notice.draft_moment(case, terms):
        told = change(told, approval=None)  # the client is told at another moment than was agreed
    if event.mode == "withheld":
        return change(told, state="draft")  # an authority's secrecy has requirements of its own
    return told if case.state in ("draft", "held") else advance(told)


def _ordered(case: Case, event: ev.Ordered, terms: Terms) -> Case:
    by = person(event)
    problems = from_states(case, READY) + by_role(by, terms.ground(case.ground).orders)
    if event.seen != approval.digest(case):
        problems.append(Reason("", reasons.PLAN_CHANGED))
    if not is_same_name(event.typed_name, case.tenant_name):
        problems.append(Reason("", reasons.NAME_MISTYPED, {"name": case.tenant_name}))
    begins = max(planned_start(case) or event.at, event.at)
    problems += late_payment.list_waiting_problems(case, terms, begins)
    problems += _agreement(case, event, terms, by)
    problems += unready_reasons(case, terms, event.at, event.earlier)
    refuse_if(problems + _timing(case, event, terms))
    due = event.at + timedelta(hours=terms.suspension.review_hours)
    review = Review(due_at=due) if event.break_glass and not case.rehearsal else None
    return change(
        case,
        state="scheduled" if _is_later(case, event) else "ordered",
        ordered_by=by,
        ordered_at=event.at,
        review=review,
        ran=event.ran,
    )


def unready_reasons(case: Case, terms: Terms, now: datetime, earlier: int) -> list[Reason]:
    """Return why the case and its notice would not allow an order of `now`, whoever gives it:
    what is worth saying before the operator types the tenant's name.
    """
    problems = open_reasons(case, terms, now, earlier)
    problems += maturity.order_problems(case, terms, now)
    return problems + notice.order_problems(case, terms)


def _is_later(case: Case, event: ev.Ordered) -> bool:
    start = planned_start(case)
    return start is not None and start > event.at


def _timing(case: Case, event: ev.Ordered, terms: Terms) -> list[Reason]:
    """Why an order cannot wait for its time, or cannot be carried out any more."""
    verdict = judge_start(case, terms, event.debt, event.at)
    if verdict.condition is not None:
        return [Reason("R16", FELL[verdict.condition])]
    if verdict.why is not None and verdict.why in _UNKEPT:
        return [Reason("R16", _UNKEPT[verdict.why])]
    alone = event.break_glass and verdict.kind == "waits"
    return [Reason("R17", reasons.LATER_ALONE)] if alone else []


FELL: Mapping[ConditionKind, str] = {
    "unpaid": reasons.CONDITION_FELL_UNPAID,
    "unanswered": reasons.CONDITION_FELL_UNANSWERED,
}
_UNKEPT: Mapping[HoldReason, str] = {"late": reasons.START_LATE, "debt": reasons.DEBT_UNKNOWN}
"""The window of a maintenance is looked at with the rest of the plan."""


def _agreement(case: Case, event: ev.Ordered, terms: Terms, by: Person) -> list[Reason]:
    if not event.break_glass:
        return approval.order_problems(case, terms, by, event.at)
    if approval.may_break_glass(case, terms):
        return []
    return [Reason("R17", reasons.NO_BREAK_GLASS)]


def _cancelled(case: Case, event: ev.Cancelled) -> Case:
    problems = from_states(case, PREPARING | PLANNED | {"ordered"})
    problems += by_role(event.by, "operator")
    if not event.reason.strip():
        problems.append(Reason("R19", reasons.NO_REASON))
    refuse_if(problems)
    return change(case, state="cancelled", cancelled_for=event.reason.strip(), closed_at=event.at)


JUDGED: Mapping[type[ev.Event], Judged] = {
    ev.Edited: _edited,
    ev.StepWaived: _waived,
    ev.Checked: _checked,
    ev.Approved: _approved,
    ev.NoticeSetAside: _set_aside,
    ev.FormalNoticeQueued: _formal_notice_queued,
    ev.Ordered: _ordered,
}
FREE: Mapping[type[ev.Event], Free] = {
    ev.NoticeQueued: _queued,
    ev.NoticeDelivered: _delivered,
    ev.FormalNoticeDelivered: _formal_notice_delivered,
    ev.InvoiceSeen: _invoice_seen,
    ev.Cancelled: _cancelled,
    ev.ProofWithdrawn: _proof_withdrawn,
    ev.ClientAnswered: _client_answered,
}
