"""Words an order of an authority for an operator: state, secrecy, data, and its deadline."""

from collections.abc import Iterator
from datetime import timedelta

from noc_tui.api.authority import OrderDocument
from noc_tui.contract.authority.kinds import load_order_kinds
from noc_tui.i18n import N_, _, language
from noc_tui.labels import formats
from noc_tui.text import visible

ORDER_STATES = {
    "open": N_("to be carried out"),
    "stopped": N_("deadline stopped"),
    "carried-out": N_("carried out"),
    "withdrawn": N_("withdrawn"),
}
SECRECY = {
    "forbidden": N_("the client must not be told"),
    "allowed": N_("the client may be told"),
    "unsaid": N_("the order does not say whether the client may be told"),
}
CATEGORIES = {
    "identity": N_("identity"),
    "contact": N_("contact details"),
    "account": N_("account"),
    "payment": N_("payment"),
    "connection": N_("connection data"),
    "content": N_("contents"),
    "other": N_("other data"),
}


def is_report(order: OrderDocument) -> bool:
    """Return whether an authority only reported something: nothing is ordered or carried out."""
    kind = load_order_kinds().of(order.kind)
    return kind is not None and kind.report


def word_deadline(order: OrderDocument) -> str:
    """Return how much time is left, or since when the deadline is missed; "-" without one."""
    if order.due_at is None or order.seconds_left is None:
        return "-"
    span = formats.age(timedelta(seconds=abs(order.seconds_left)))
    if order.seconds_left < 0:
        return _("missed since {span}").format(span=span)
    if order.state == "stopped":
        return _("stopped, {span} left").format(span=span)
    return _("{span} left").format(span=span)


def word_next_step(order: OrderDocument) -> str:
    """Return what the order needs from a person now; empty if nothing."""
    if order.state == "stopped":
        return _("resume it once the authority answered")
    if order.state == "open":
        return _("carry it out")
    wants = []
    if order.state == "carried-out" and order.confirmation is None:
        wants.append(_("confirm it to the authority"))
    if order.execution is not None and order.review is None:
        wants.append(_("a second person reviews it"))
    if order.execution is not None and order.preserve_months and not order.preservations:
        wants.append(_("keep apart what was removed"))
    if order.secrecy_over:
        wants.append(_("a lead decides whether it stays secret"))
    return ", ".join(wants)


def order_lines(order: OrderDocument) -> Iterator[str]:
    """Yield the order in short: what it is, how long is left, what was done, what to do next."""
    label = order.kind_label.in_(language())
    report = is_report(order)
    state = (
        _("dealt with") if report and order.state == "carried-out" else _(ORDER_STATES[order.state])
    )
    left = _("no time set") if report and order.due_at is None else word_deadline(order)
    yield f"{order.id}  {label}  {state}  {left}"
    for name, text in (
        (_("authority"), f"{order.authority}, {order.reference}"),
        (_("legal basis"), order.legal_basis),
        (_("what is reported") if report else _("scope"), order.scope),
        (_("authenticity"), order.authenticity),
        (_("received"), formats.instant(order.received_at)),
        (_("to be carried out by"), "" if report else _term(order)),
        (_("tenant"), order.tenant or "-"),
        (_("secrecy"), _secrecy(order)),
        (_("suspensions"), ", ".join(order.cases) or "-"),
    ):
        if text:
            yield "  " + formats.label_line(name, visible(text))
    yield from (f"  {visible(line)}" for line in _history(order))
    if step := word_next_step(order):
        yield formats.label_line(_("Next step"), step)


def _term(order: OrderDocument) -> str:
    """By when it is to be carried out, or was: what is over has its own term alone."""
    due = order.due_at or order.term
    return _("no time set") if due is None else formats.instant(due)


def _secrecy(order: OrderDocument) -> str:
    text = _(SECRECY[order.secrecy])
    until = order.silent_until if order.secrecy == "forbidden" else order.hold
    if order.secret and until is not None:
        text = _("{text}, until {until}").format(text=text, until=formats.instant(until))
    elif order.secrecy == "forbidden":
        text = _("{text}, no end set by the order").format(text=text)
    return f"{text} ({order.secrecy_basis})" if order.secret and order.secrecy_basis else text


def _history(order: OrderDocument) -> Iterator[str]:
    for pause in order.pauses:
        until = "…" if pause.until is None else formats.instant(pause.until)
        yield _("deadline stopped {since} to {until}: {why}; authority told: {told}").format(
            since=formats.instant(pause.since), until=until, why=pause.why, told=pause.told
        )
    if order.execution is not None:
        text = (
            _("{at} {who}: dealt with: {what}")
            if is_report(order)
            else _("{at} {who}: carried out: {what}")
        )
        yield text.format(
            at=formats.instant(order.execution.at),
            who=order.execution.by.name,
            what=order.execution.what,
        )
    if order.confirmation is not None:
        yield _("{at} {who}: confirmed to the authority: {what}").format(
            at=formats.instant(order.confirmation.at),
            who=order.confirmation.by.name,
            what=order.confirmation.how,
        )
    if order.review is not None:
        yield _("{at} {who}: reviewed: {what}").format(
            at=formats.instant(order.review.at),
            who=order.review.by.name,
            what=order.review.finding,
        )
    for kept in order.preservations:
        yield _("kept apart until {until}: {what}, {where}").format(
            until=formats.instant(kept.until), what=kept.what, where=kept.where
        )
    for given in order.disclosures:
        yield _("{at} {who}: given to {to}: {categories}: {what}").format(
            at=formats.instant(given.at),
            who=given.by.name,
            to=given.to,
            categories=", ".join(_(CATEGORIES[one]) for one in given.categories),
            what=given.what,
        )
    for decision in order.decisions:
        yield _("{at} {who}: {secrecy}: {reason}").format(
            at=formats.instant(decision.at),
            who=decision.by.name,
            secrecy=_(SECRECY[decision.secrecy]),
            reason=decision.reason,
        )
