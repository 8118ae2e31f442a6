"""The events from order to closed: execution, drift, countdown, remedy and restoration."""

from collections.abc import Mapping

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension import reasons
from noc_tui.contract.suspension.countdown import countdown
from noc_tui.contract.suspension.preparing import (
    Free,
    Judged,
    by_role,
    change,
    from_states,
    person,
    refuse_if,
)
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.values import (
    BARRIER,
    STANDING,
    Case,
    GuestId,
    Letter,
    Remedy,
    State,
)
from noc_tui.contract.terms import Terms


def settle_case(case: Case) -> Case:
    """Return the case with the state that its facts give it while the suspension is in force."""
    state: State = "suspended"
    if case.drift:
        state = "drifting"
    elif case.termination_open_at is not None and case.remedy is None:
        state = "termination-open"
    elif case.restored or case.remedy:
        state = "partially-restored"
    elif case.failed or not case.suspended:
        state = "partially-suspended"
    elif case.unproven:
        state = "asked" if _is_only_asked(case) else "configured"
    return change(case, state=state)


def _is_only_asked(case: Case) -> bool:
    """Whether nothing was done that could work: the client was asked, and has still to do it."""
    asked = {one.means for one in case.unproven if one.kind == "asked"}
    return {*case.plan.means} - {BARRIER} <= asked


def _began(case: Case, event: ev.ExecutionBegan) -> Case:
    refuse_if(from_states(case, ("ordered",)))
    return change(case, state="executing")


def _executed(case: Case, event: ev.Executed) -> Case:
    refuse_if(from_states(case, STANDING | {"executing"}))
    still = tuple(ref for ref in case.suspended if ref not in event.failed)
    suspended = _with(still, event.suspended)
    failed = tuple(ref for ref in event.failed if ref not in suspended)
    started = case.started_at or event.started_at
    return settle_case(
        change(
            case,
            suspended=suspended,
            failed=failed,
            started_at=started,
            unproven=event.unproven,
        )
    )


def _proof_seen(case: Case, event: ev.ProofSeen) -> Case:
    refuse_if(from_states(case, STANDING))
    started = case.started_at or event.started_at
    return settle_case(change(case, unproven=event.unproven, started_at=started))


def _with(known: tuple[GuestId, ...], more: tuple[GuestId, ...]) -> tuple[GuestId, ...]:
    return (*known, *(ref for ref in more if ref not in known))


def _cluster_seen(case: Case, event: ev.ClusterSeen) -> Case:
    """All services were ordered there for later: what was found is carried out as well."""
    refuse_if(from_states(case, STANDING | {"ordered", "executing"}) + _past_remedy(case))
    known = {guest.ref for guest in case.plan.guests}
    more = tuple(guest for guest in event.guests if guest.ref not in known)
    unseen = tuple(name for name in case.plan.unseen if name != event.cluster)
    plan = change(case.plan, guests=(*case.plan.guests, *more), unseen=unseen)
    state: State = "executing" if more and case.state != "ordered" else case.state
    return change(case, plan=plan, state=state)


def _drift(case: Case, event: ev.DriftSeen) -> Case:
    refuse_if(from_states(case, STANDING))
    return settle_case(change(case, drift=event.drift))


def _reapply(case: Case, event: ev.ReapplyOrdered) -> Case:
    refuse_if(from_states(case, STANDING) + by_role(event.by, "operator") + _past_remedy(case))
    return change(case, state="executing", drift=())


def _past_remedy(case: Case) -> list[Reason]:
    return [] if case.remedy is None else [Reason("R21", reasons.ALREADY_REMEDIED)]


def _data_access(case: Case, event: ev.DataAccessSet) -> Case:
    refuse_if(from_states(case, STANDING | {"remedied"}) + by_role(event.by, "operator"))
    return change(case, data_access=event.open)


def _time(case: Case, event: ev.TimePassed, terms: Terms) -> Case:
    count = countdown(case, terms, event.at)
    if count is None or not count.open or case.termination_open_at or case.state not in STANDING:
        return case
    return settle_case(change(case, termination_open_at=event.at))


def _letter(case: Case, event: ev.LetterSent) -> Case:
    problems = by_role(event.by, "lead")
    if case.termination_open_at is None:
        problems.append(Reason("R22", reasons.NOT_OPEN))
    refuse_if(problems)
    letter = Letter(sent_on=event.at, reference=event.reference, by=person(event))
    return change(case, letter=letter)


def _reviewed(case: Case, event: ev.Reviewed) -> Case:
    by = person(event)
    problems = by_role(by, "operator")
    if case.review is None or case.review.at is not None:
        problems.append(Reason("R17", reasons.NO_REVIEW))
    if case.ordered_by is not None and case.ordered_by.is_(by):
        problems.append(Reason("R17", reasons.OWN_APPROVAL))
    if not event.finding.strip():
        problems.append(Reason("", reasons.NO_FINDING))
    refuse_if(problems)
    if case.review is None:
        return case
    review = change(case.review, by=by, at=event.at, finding=event.finding.strip())
    return change(case, review=review)


def _remedied(case: Case, event: ev.Remedied) -> Case:
    problems = from_states(case, STANDING) + by_role(event.by, "operator") + _past_remedy(case)
    if not event.found.strip():
        problems.append(Reason("R21", reasons.NO_FINDING))
    refuse_if(problems)
    remedy = Remedy(found=event.found.strip(), by=person(event), at=event.at)
    return change(case, state="remedied", remedy=remedy, drift=())


def _restore(case: Case, event: ev.RestoreOrdered) -> Case:
    problems = from_states(case, STANDING | {"remedied"}) + by_role(event.by, "operator")
    touched = _with(case.held, case.failed)
    problems += [
        Reason("R21", reasons.NOT_HELD, {"guest": str(ref)})
        for ref in event.guests
        if ref not in touched
    ]
    if case.remedy is None and not event.found.strip():
        problems.append(Reason("R21", reasons.NO_FINDING))
    if case.remedy is None and not set(touched) - set(event.guests or touched):
        problems.append(Reason("R21", reasons.NOT_REMEDIED))
    refuse_if(problems)
    whole = case.remedy is not None and not set(touched) - set(event.guests or touched)
    return change(
        case,
        state="restoring",
        restoring=event.guests or touched,
        drift=(),
        lift_ordered_at=case.lift_ordered_at or (event.at if whole else None),
    )


def _restored(case: Case, event: ev.Restored) -> Case:
    refuse_if(from_states(case, ("restoring",)))
    restored = _with(case.restored, event.restored)
    failed = tuple(ref for ref in case.failed if ref not in restored)
    back = change(case, restored=restored, failed=failed, restoring=())
    if back.held or back.failed:
        return settle_case(back)
    return change(back, state="closed", closed_at=event.at)


JUDGED: Mapping[type[ev.Event], Judged] = {ev.TimePassed: _time}
FREE: Mapping[type[ev.Event], Free] = {
    ev.ExecutionBegan: _began,
    ev.Executed: _executed,
    ev.ClusterSeen: _cluster_seen,
    ev.ProofSeen: _proof_seen,
    ev.DriftSeen: _drift,
    ev.ReapplyOrdered: _reapply,
    ev.DataAccessSet: _data_access,
    ev.LetterSent: _letter,
    ev.Reviewed: _reviewed,
    ev.Remedied: _remedied,
    ev.RestoreOrdered: _restore,
    ev.Restored: _restored,
}
