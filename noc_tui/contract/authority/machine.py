"""The events of an order, and what it is after each; an event that is not allowed is refused."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from noc_tui.contract.authority import reasons
from noc_tui.contract.authority.deadline import is_secrecy_over, longest_secrecy, may_pause
from noc_tui.contract.authority.kinds import OrderKind, OrderKinds
from noc_tui.contract.authority.values import (
    AuthorityOrder,
    Category,
    Confirmation,
    Disclosure,
    Execution,
    OrderReview,
    Pause,
    Preservation,
    SecrecyDecision,
    State,
)
from noc_tui.contract.suspension.reasons import Reason, Refused
from noc_tui.contract.suspension.values import Person

RULE = "R37"
change = msgspec.structs.replace


class OrderEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of an order: when, and who did it."""

    at: datetime
    by: Person


class Stopped(OrderEvent, frozen=True, kw_only=True):
    """The order cannot be carried out, or is unclear, and the authority was told so."""

    why: str
    told: str


class Resumed(OrderEvent, frozen=True, kw_only=True):
    """The obstacle is gone, or the authority answered: the deadline runs again."""

    answer: str


class CarriedOut(OrderEvent, frozen=True, kw_only=True):
    """The order was carried out."""

    what: str


class ExecutionReviewed(OrderEvent, frozen=True, kw_only=True):
    """A second person looked at what was carried out."""

    finding: str


class AuthorityTold(OrderEvent, frozen=True, kw_only=True):
    """The execution was confirmed to the authority."""

    how: str


class Preserved(OrderEvent, frozen=True, kw_only=True):
    """Something is kept apart."""

    what: str
    where: str
    until: datetime


class Disclosed(OrderEvent, frozen=True, kw_only=True):
    """Data was given to the authority."""

    to: str
    categories: tuple[Category, ...]
    what: str
    case: str = ""


class KeptSecret(OrderEvent, frozen=True, kw_only=True):
    """A lead decided, on the authority's word, that the client is not told until a date; `until` is
    None where the authority named none.
    """

    reason: str
    until: datetime | None = None


class Published(OrderEvent, frozen=True, kw_only=True):
    """A lead ended the secrecy, for a reason: its date is over, or the authority said so."""

    reason: str
    early: bool = False


class CaseOpened(OrderEvent, frozen=True, kw_only=True):
    """A suspension was opened to carry the order out."""

    case: str


class Withdrawn(OrderEvent, frozen=True, kw_only=True):
    """The authority withdrew the order, or it was no order."""

    reason: str


def check_new_order(order: AuthorityOrder, kinds: OrderKinds, now: datetime) -> AuthorityOrder:
    """Return a new order as it is to be recorded, held where it says nothing of secrecy.

    Raises `Refused` with everything that is wrong with it.
    """
    kind = kinds.of(order.kind)
    if kind is None:
        known = ", ".join(one.id for one in kinds.kind)
        raise Refused([Reason(RULE, reasons.UNKNOWN_KIND, {"kind": order.kind, "known": known})])
    needed = ("authority", "reference", "scope", "authenticity")
    problems = [_empty(name) for name in needed if not getattr(order, name).strip()]
    if order.received_at > now:
        problems.append(Reason(RULE, reasons.IN_FUTURE))
    if order.term is not None and order.term < order.received_at:
        problems.append(Reason(RULE, reasons.TERM_BEFORE))
    if order.secrecy == "forbidden":
        problems += secrecy_problems(order, kind, now)
    refuse_if(problems)
    held = order.secrecy == "unsaid"
    hold = now + timedelta(hours=kinds.hold_hours) if held else None
    basis = order.legal_basis.strip() or kind.basis.fr
    return change(order, hold=hold, legal_basis=basis)


def secrecy_problems(order: AuthorityOrder, kind: OrderKind, now: datetime) -> list[Reason]:
    """Return what is wrong with the secrecy that an order is said to ask for."""
    problems = []
    if not kind.silent:
        problems.append(Reason(RULE, reasons.NOT_SILENT))
    if not order.secrecy_basis.strip():
        problems.append(Reason(RULE, reasons.NO_SECRECY_BASIS))
    limit, until = longest_secrecy(order, kind), order.silent_until
    if limit is not None and (until is None or until > limit):
        named = {"limit": limit.isoformat(timespec="minutes")}
        problems.append(Reason(RULE, reasons.SECRET_TOO_LONG, named))
    if until is not None and until <= now:
        problems.append(Reason(RULE, reasons.SECRET_PAST))
    return problems


def apply_order_event(
    order: AuthorityOrder, event: OrderEvent, kinds: OrderKinds
) -> AuthorityOrder:
    """Return the order after the event. Raises `Refused`."""
    kind = kinds.of(order.kind)
    if kind is None:
        raise Refused([Reason(RULE, reasons.UNKNOWN_KIND, {"kind": order.kind, "known": ""})])
    return _APPLIED[type(event)](order, event, kind, kinds)


def refuse_if(problems: Iterable[Reason]) -> None:
    """Raise `Refused` when there is any problem."""
    if found := tuple(problems):
        raise Refused(found)


def _empty(field: str) -> Reason:
    return Reason(RULE, reasons.EMPTY, {"field": field})


def _given(event: OrderEvent, *names: str) -> list[Reason]:
    return [_empty(name) for name in names if not str(getattr(event, name)).strip()]


def _from(order: AuthorityOrder, *states: State) -> list[Reason]:
    if order.state in states:
        return []
    return [Reason(RULE, reasons.NOT_OPEN, {"state": order.state})]


def _stopped(
    order: AuthorityOrder, event: Stopped, kind: OrderKind, kinds: OrderKinds
) -> AuthorityOrder:
    problems = _given(event, "why", "told")
    if order.state == "stopped":
        problems.append(Reason(RULE, reasons.STOPPED_ALREADY))
    else:
        problems += _from(order, "open")
    if not may_pause(order, kind, event.at):
        problems.append(Reason(RULE, reasons.MISSED))
    refuse_if(problems)
    pause = Pause(since=event.at, why=event.why.strip(), told=event.told.strip(), by=event.by)
    return change(order, state="stopped", pauses=(*order.pauses, pause))


def _resumed(
    order: AuthorityOrder, event: Resumed, kind: OrderKind, kinds: OrderKinds
) -> AuthorityOrder:
    pause = order.pause
    problems = _given(event, "answer")
    if pause is None:
        problems.append(Reason(RULE, reasons.NOT_STOPPED))
    refuse_if(problems)
    return change(_ended_pause(order, event.at, event.answer.strip()), state="open")


def _ended_pause(order: AuthorityOrder, at: datetime, answer: str) -> AuthorityOrder:
    pause = order.pause
    if pause is None:
        return order
    ended = change(pause, until=at, answer=answer)
    return change(order, pauses=(*order.pauses[:-1], ended))


def _carried_out(
    order: AuthorityOrder, event: CarriedOut, kind: OrderKind, kinds: OrderKinds
) -> AuthorityOrder:
    refuse_if(_from(order, "open", "stopped") + _given(event, "what"))
    due = event.at + timedelta(hours=kinds.review_hours)
    done = Execution(at=event.at, by=event.by, what=event.what.strip(), review_due=due)
    return change(_ended_pause(order, event.at, ""), state="carried-out", execution=done)


def _reviewed(
    order: AuthorityOrder, event: ExecutionReviewed, kind: OrderKind, kinds: OrderKinds
) -> AuthorityOrder:
    problems = _given(event, "finding")
    if order.execution is None or order.review is not None:
        problems.append(Reason(RULE, reasons.NO_REVIEW_OWED))
    elif order.execution.by.is_(event.by):
        problems.append(Reason(RULE, reasons.OWN_REVIEW))
    refuse_if(problems)
    return change(
        order, review=OrderReview(at=event.at, by=event.by, finding=event.finding.strip())
    )


def _told(
    order: AuthorityOrder, event: AuthorityTold, kind: OrderKind, kinds: OrderKinds
) -> AuthorityOrder:
    problems = _given(event, "how")
    if order.execution is None:
        problems.append(Reason(RULE, reasons.NOT_CARRIED_OUT))
    if order.confirmation is not None:
        problems.append(Reason(RULE, reasons.CONFIRMED_ALREADY))
    refuse_if(problems)
    return change(order, confirmation=Confirmation(at=event.at, by=event.by, how=event.how.strip()))


def _preserved(
    order: AuthorityOrder, event: Preserved, kind: OrderKind, kinds: OrderKinds
) -> AuthorityOrder:
    problems = _given(event, "what", "where")
    if event.until <= event.at:
        problems.append(Reason(RULE, reasons.PAST_DATE))
    refuse_if(problems)
    kept = Preservation(
        at=event.at,
        by=event.by,
        what=event.what.strip(),
        where=event.where.strip(),
        until=event.until,
    )
    return change(order, preservations=(*order.preservations, kept))


def _disclosed(
    order: AuthorityOrder, event: Disclosed, kind: OrderKind, kinds: OrderKinds
) -> AuthorityOrder:
    problems = _given(event, "to", "what") + _from(order, "open", "stopped", "carried-out")
    if not event.categories:
        problems.append(_empty("categories"))
    refuse_if(problems)
    given = Disclosure(
        at=event.at,
        by=event.by,
        to=event.to.strip(),
        categories=event.categories,
        what=event.what.strip(),
        case=event.case,
    )
    return change(order, disclosures=(*order.disclosures, given))


def _kept_secret(
    order: AuthorityOrder, event: KeptSecret, kind: OrderKind, kinds: OrderKinds
) -> AuthorityOrder:
    problems = _given(event, "reason") + _lead(event) + _secret(order)
    after = change(
        order,
        secrecy="forbidden",
        silent_until=event.until,
        secrecy_basis=order.secrecy_basis or event.reason.strip(),
    )
    refuse_if(problems + secrecy_problems(after, kind, event.at))
    return _decide(after, event, event.until)


def _published(
    order: AuthorityOrder, event: Published, kind: OrderKind, kinds: OrderKinds
) -> AuthorityOrder:
    """While it is held a lead decides at any time; what is forbidden ends at its date, or with a
    decision of the authority.
    """
    problems = _given(event, "reason") + _lead(event) + _secret(order)
    if order.secrecy == "forbidden" and not (event.early or is_secrecy_over(order, event.at)):
        until = order.silent_until
        problems.append(
            Reason(RULE, reasons.NO_END_KNOWN)
            if until is None
            else Reason(RULE, reasons.STILL_SECRET, {"until": until.isoformat(timespec="minutes")})
        )
    refuse_if(problems)
    return _decide(change(order, secrecy="allowed"), event, None)


def _decide(
    order: AuthorityOrder, event: KeptSecret | Published, until: datetime | None
) -> AuthorityOrder:
    decision = SecrecyDecision(
        at=event.at,
        by=event.by,
        secrecy=order.secrecy,
        reason=event.reason.strip(),
        until=until,
    )
    return change(order, hold=None, decisions=(*order.decisions, decision))


def _lead(event: OrderEvent) -> list[Reason]:
    return [] if event.by.may("lead") else [Reason(RULE, reasons.LEAD_DECIDES)]


def _secret(order: AuthorityOrder) -> list[Reason]:
    return [] if order.secret else [Reason(RULE, reasons.NOT_SECRET)]


def _case_opened(
    order: AuthorityOrder, event: CaseOpened, kind: OrderKind, kinds: OrderKinds
) -> AuthorityOrder:
    refuse_if(_from(order, "open", "stopped", "carried-out"))
    return change(order, cases=(*order.cases, event.case))


def _withdrawn(
    order: AuthorityOrder, event: Withdrawn, kind: OrderKind, kinds: OrderKinds
) -> AuthorityOrder:
    refuse_if(_from(order, "open", "stopped") + _given(event, "reason"))
    ended = _ended_pause(order, event.at, "")
    return change(ended, state="withdrawn", withdrawn_for=event.reason.strip())


# Each takes the one event it is registered for.
_APPLIED: Mapping[
    type[OrderEvent], Callable[[AuthorityOrder, Any, OrderKind, OrderKinds], AuthorityOrder]
] = {
    Stopped: _stopped,
    Resumed: _resumed,
    CarriedOut: _carried_out,
    ExecutionReviewed: _reviewed,
    AuthorityTold: _told,
    Preserved: _preserved,
    Disclosed: _disclosed,
    KeptSecret: _kept_secret,
    Published: _published,
    CaseOpened: _case_opened,
    Withdrawn: _withdrawn,
}
