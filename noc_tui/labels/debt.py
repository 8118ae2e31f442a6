"""What is known of a debt, as lines: the formal notice to pay, and what accounting says (R20)."""

from collections.abc import Iterator
from datetime import datetime

from noc_tui.contract.payments.invoice import euros, is_fresh
from noc_tui.contract.suspension.facts import an_amount
from noc_tui.contract.suspension.values import Case
from noc_tui.i18n import N_, _
from noc_tui.labels import formats, states
from noc_tui.text import visible
from storage.invoices import InvoiceRow

_STATES = {
    "paid": N_("paid"),
    "unpaid": N_("unpaid"),
    "stale": N_("unpaid when last seen, older than a day"),
}


def invoice_word(invoice: InvoiceRow, now: datetime) -> str:
    """Return whether an invoice is paid, and whether that may be relied on."""
    if invoice.paid >= invoice.amount:
        return _(_STATES["paid"])
    return _(_STATES["unpaid" if is_fresh(invoice.as_of, now) else "stale"])


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
    known = case.invoice
    if known is None:
        return
    yield _("accounting, as of {at}: {left} left of {amount}, invoice {reference}").format(
        at=formats.instant(known.as_of),
        left=formats.money(euros(known.remaining)),
        amount=formats.money(euros(known.amount)),
        reference=visible(known.reference),
    )
    if known.disputed is not None:
        yield _("accounting: disputed on {day}").format(day=formats.day(known.disputed))


def _asked(text: str) -> str:
    """The amount of a formal notice, as it was entered."""
    amount = an_amount(text)
    return visible(text) if amount is None else formats.money(amount)
