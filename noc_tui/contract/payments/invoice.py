"""An invoice as accounting knows it on a day: what was asked, what was received, since when.

Amounts are in cents. Facts are true for one instant and grow old: what was received since is not
known. An invoice that accounting never told of, one whose facts are old and one that is paid are
three things.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec

FRESH = timedelta(days=1)
"""No order that waits for a payment runs on facts older than this (R20)."""
_CENTS = Decimal(100)


class InvoiceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One invoice, amounts in cents. `presented` and `rejected` are of its last direct debit;
    `disputed` is when the client disagreed, `answered` when that was settled; the facts are true
    for `as_of`.
    """

    reference: str
    issued: date
    amount: int
    paid: int
    as_of: datetime
    presented: date | None = None
    rejected: date | None = None
    disputed: date | None = None
    answered: date | None = None

    @property
    def remaining(self) -> int:
        """What is still due, in cents; what was received too much is not owed."""
        return max(0, self.amount - self.paid)

    @property
    def in_dispute(self) -> bool:
        """Whether the client disagreed and nobody settled it."""
        return self.disputed is not None and self.answered is None


def euros(cents: int) -> Decimal:
    """Return an amount in euros with two places."""
    return (Decimal(cents) / _CENTS).quantize(Decimal("0.01"))


def is_fresh(as_of: datetime, now: datetime) -> bool:
    """Return whether facts that are true for `as_of` may be relied on at `now`: one day long, and
    never ahead of the clock.
    """
    return timedelta(0) <= now - as_of <= FRESH
