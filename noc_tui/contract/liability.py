"""The cap on reparations (art. 12): what was paid over the contract against a year's invoices.

Our stand on the text: the cap is one for the whole contract, all causes together. It is measured by
the twelve calendar months that end with the month of the day, which is invoiced in advance. A month
counts whole, with its amount in force, from the contract's first month on; where an amount is not
on file nothing can be said. Invoices are quarterly, the month is derived from the register (R5).

Whether a service credit is a reparation in the sense of article 12 the text does not say: both sums
are shown. Doubt in a contract of adhesion is read for the client, in a negotiated one for the
hoster (C. civ. 1190), so the former is proposed a credit in full and the latter one that is cut to
what is left; a lead decides. The cap is no cap for gross or wilful fault.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from noc_tui.contract.calendar import Month

WINDOW_MONTHS = 12
WARN_PERCENT = 80
"""From this part of the cap on it is told (our choice)."""
BeyondCap = Literal["full", "cut"]


@dataclass(frozen=True, slots=True)
class CapStanding:
    """The cap on a day and what counts against it, in euros without tax.

    `cap` is None where an amount of one of the `months` is not known. `credits` are the service
    credits that were granted, `others` all other reparations that count.
    """

    months: tuple[Month, ...]
    cap: Decimal | None
    credits: Decimal
    others: Decimal
    negotiated: bool

    @property
    def used(self) -> Decimal:
        """What counts against the cap, credits among it."""
        return self.credits + self.others

    @property
    def left(self) -> Decimal | None:
        """What the cap still bears, never below zero."""
        return None if self.cap is None else max(Decimal(0), self.cap - self.used)

    @property
    def percent(self) -> int | None:
        """The part of the cap that is used, truncated; None without one."""
        if self.cap is None:
            return None
        if not self.cap:
            return 100 if self.used else 0
        return int(self.used * 100 / self.cap)

    @property
    def proposed(self) -> BeyondCap:
        """What is proposed for a credit that exceeds what is left."""
        return "cut" if self.negotiated else "full"

    def exceeded_by(self, amount: Decimal) -> bool:
        """Whether a further sum exceeds what is left; never where the cap is not known."""
        return self.left is not None and amount > self.left


def find_cap(
    today: date,
    contract_start: date | None,
    amount_on: Callable[[date], Decimal | None],
    *,
    credits_granted: Sequence[Decimal],
    others: Sequence[Decimal],
    negotiated: bool,
) -> CapStanding:
    """The cap on a day in Paris; `amount_on` gives the monthly amount in force on a day."""
    months = tuple(_window(today, contract_start))
    billed = [amount_on(max(one.first_day, contract_start or one.first_day)) for one in months]
    known = [amount for amount in billed if amount is not None]
    return CapStanding(
        months=months,
        cap=sum(known, Decimal(0)) if known and len(known) == len(billed) else None,
        credits=sum(credits_granted, Decimal(0)),
        others=sum(others, Decimal(0)),
        negotiated=negotiated,
    )


def _window(today: date, contract_start: date | None) -> Iterator[Month]:
    """The months from the oldest on; none from before the contract."""
    month = Month(today.year, today.month)
    found = [month]
    while len(found) < WINDOW_MONTHS:
        month = month.previous
        found.append(month)
    for one in reversed(found):
        if contract_start is None or one.last_day >= contract_start:
            yield one
