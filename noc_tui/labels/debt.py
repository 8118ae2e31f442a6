"""What is known of a debt, as lines: the formal notice to pay, and what accounting says (R20)."""

from collections.abc import Callable, Iterator
from datetime import datetime

from noc_tui.api.payments import PaymentsTaken
from noc_tui.contract.payments.invoice import euros, is_fresh
from noc_tui.contract.suspension.facts import a_date, an_amount
from noc_tui.contract.suspension.insolvency import bars_debt, judgment_of
from noc_tui.contract.suspension.values import ENDED, PREPARING, Case
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.next_order import word_left
from noc_tui.text import visible
from noc_tui.views.debts import Debt

Line = tuple[str, str]
"""A label and what it says."""


def debt_lines(case: Case) -> Iterator[str]:
    """Yield the formal notice with the mail server's word on it, then accounting's facts."""
    letter = case.formal_notice
    if letter is not None:
        yield _("formal notice to pay {amount}: sent {at}, to pay by {day}; {state}").format(
            amount=_asked(letter.amount),
            at=formats.instant(letter.sent_at),
            day=formats.day(letter.until),
            state=states.word_of(states.DELIVERY, letter.delivery),
        )
    yield from _insolvency(case)
    known = case.invoice
    if known is None:
        return
    yield _("accounting, as of {at}: {left} left of {amount}, invoice {reference}").format(
        at=formats.instant(known.as_of),
        left=_money(known.remaining),
        amount=_money(known.amount),
        reference=visible(known.reference),
    )
    if known.disputed is not None:
        yield _("accounting: disputed on {day}").format(day=formats.day(known.disputed))


def word_term(debt: Debt, now: datetime) -> str:
    """Return how long the formal notice to pay still runs, or since when its term is over; empty
    without one, and for a debt that is paid.
    """
    day, over_at = debt.pay_by, debt.term_over_at
    if day is None or over_at is None or debt.is_settled():
        return ""
    if now < over_at:
        left = word_left(over_at, now)
        return _("by {day}, {left} left").format(day=formats.day(day), left=left)
    return _("over since {day}").format(day=formats.day(over_at.date()))


def word_countdown(debt: Debt, now: datetime) -> str:
    """Return the same in a word, for a narrow column."""
    over_at = debt.term_over_at
    if over_at is None or debt.is_settled():
        return ""
    return f"◷ {word_left(over_at, now)}" if now < over_at else _("term over")


def word_remaining(debt: Debt) -> str:
    """Return what is left to pay: by accounting, else as the case claims it."""
    if debt.invoice is not None:
        return _money(debt.invoice.remaining)
    claimed = debt.fact("unpaid_part")
    return _asked(claimed) if claimed else formats.UNKNOWN


def describe_debt(debt: Debt, now: datetime, key_of: Callable[[str], str]) -> Iterator[Line]:
    """Yield all that is known of a debt, and the next step; `key_of` gives a command's key."""
    yield _("Next step"), _word_step(debt, now, key_of("payments.case"))
    yield _("Invoice"), _word_invoice(debt)
    yield _("Left to pay"), _word_left(debt, now, key_of("payments.import"))
    yield _("Direct debit"), _word_debit(debt)
    yield _("Dispute"), _word_dispute(debt)
    if debt.case is None:
        return
    yield _("Formal notice"), _word_formal_notice(debt, now)
    yield _("Time granted"), _word_court(debt)
    yield _("Insolvency"), _word_insolvency(debt)
    yield _("Case"), f"{debt.case.id} · {states.label_text(states.CASE, debt.case.state)}"


def rest_lines(found: PaymentsTaken) -> Iterator[str]:
    """Yield what an export holds besides the invoices that were understood."""
    for row in found.left_out:
        what = f"{visible(row.what)}: " if row.what else ""
        yield _("line {line} left out: {why}").format(line=row.line, why=f"{what}{row.why}")
    if found.unread:
        yield _("columns not read: {columns}").format(columns=", ".join(found.unread))
    if not found.invoices:
        yield _("no invoice was understood: nothing to keep")


def taken_lines(found: PaymentsTaken) -> Iterator[str]:
    """Yield each invoice that an export holds, then the rest."""
    for one in found.invoices:
        left = _("{left} left of {amount}").format(left=_money(one.left), amount=_money(one.amount))
        before = ""
        if one.left_before is not None and one.left_before != one.left:
            before = " · " + _("before: {left}").format(left=_money(one.left_before))
        yield f"{one.tenant} · {visible(one.reference)} · {left}{before}"
    yield from rest_lines(found)


def _word_step(debt: Debt, now: datetime, begin: str) -> str:
    case = debt.case
    if debt.is_settled():
        return _("nothing to do: it is paid")
    if case is not None and case.state not in ENDED:
        if case.state in PREPARING:
            return _("open the case (Enter): it says what is missing")
        return _("the case is under way (Enter)")
    late = debt.late_from
    if late is not None and now.astimezone(formats.PARIS).date() < late:
        return _("wait: it is not late before {day} (article 7)").format(day=formats.day(late))
    return _("begin a case ({key}): the formal notice to pay is its first step").format(key=begin)


def _word_invoice(debt: Debt) -> str:
    issued = _("issued {day}").format(day=formats.day(debt.issued))
    if debt.late_from is None:
        return f"{visible(debt.reference)} · {issued}"
    late = _("late from {day}").format(day=formats.day(debt.late_from))
    return f"{visible(debt.reference)} · {issued} · {late}"


def _word_left(debt: Debt, now: datetime, renew: str) -> str:
    known = debt.invoice
    if known is None:
        claimed = word_remaining(debt)
        return _("{amount} by the case; accounting has not told of it").format(amount=claimed)
    text = _("{left} left of {amount}").format(
        left=_money(known.remaining), amount=_money(known.amount)
    )
    at = _("as of {at}").format(at=formats.instant(known.as_of))
    anew = _("older than a day: import again ({key})").format(key=renew)
    old = "" if is_fresh(known.as_of, now) else f" · {anew}"
    return f"{text} · {at}{old}"


def _word_debit(debt: Debt) -> str:
    told = debt.invoice
    presented = told.presented if told else a_date(debt.fact("debit_presented_on"))
    rejected = told.rejected if told else None
    if presented is None:
        return _("not known to be presented: without it the client is not late (article 7)")
    text = _("presented {day}").format(day=formats.day(presented))
    if rejected is None:
        return text
    return f"{text} · " + _("rejected {day}").format(day=formats.day(rejected))


def _word_dispute(debt: Debt) -> str:
    raised, answered = debt.disputed_on, debt.fact("dispute_answer")
    if raised is not None:
        return _("since {day}: a lead answers it before any suspension").format(
            day=formats.day(raised)
        )
    if answered:
        return _("answered: {text}").format(text=visible(answered))
    if debt.invoice is not None and debt.invoice.answered is not None:
        return _("settled on {day}").format(day=formats.day(debt.invoice.answered))
    return _("none known")


def _word_formal_notice(debt: Debt, now: datetime) -> str:
    term = word_term(debt, now)
    letter = debt.case.formal_notice if debt.case is not None else None
    if letter is not None:
        sent = _("sent {at}, {state}").format(
            at=formats.instant(letter.sent_at),
            state=states.word_of(states.DELIVERY, letter.delivery),
        )
        return " · ".join(filter(None, (_asked(letter.amount), sent, term)))
    return term or _("none yet")


def _word_court(debt: Debt) -> str:
    until = a_date(debt.fact("court_time_until"))
    if until is not None:
        return _("until {day}").format(day=formats.day(until))
    checked = debt.fact("court_time_check")
    return visible(checked) if checked else _("not checked yet")


def _word_insolvency(debt: Debt) -> str:
    judged = a_date(debt.fact("insolvency_judgment_on"))
    looked = a_date(debt.fact("insolvency_check_on"))
    told = a_date(debt.fact("administrator_told_on"))
    parts = [
        _("judgment of {day}").format(day=formats.day(judged)) if judged else "",
        _("administrator notified on {day}").format(day=formats.day(told)) if told else "",
        _("looked for on {day}").format(day=formats.day(looked)) if looked else "",
    ]
    return " · ".join(filter(None, parts)) or _("not looked for yet")


def _money(cents: int) -> str:
    return formats.money(euros(cents))


def _insolvency(case: Case) -> Iterator[str]:
    """What is known of an insolvency judgment, and what has to follow from it."""
    judgment = judgment_of(case)
    if judgment is None:
        return
    text = _("▲ insolvency judgment of {day}").format(day=formats.day(judgment))
    if bars_debt(case):
        yield f"{text}: " + _(
            "the debt is from before it, the suspension has to end (C. com. L. 622-13)"
        )
    else:
        yield f"{text}: " + _("the administrator is notified of the debt before any measure")


def _asked(text: str) -> str:
    """The amount of a formal notice, as it was entered."""
    amount = an_amount(text)
    return visible(text) if amount is None else formats.money(amount)
