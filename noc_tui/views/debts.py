"""What is known of each debt: accounting's invoice, and the case for late payment that names it.

Accounting may know an invoice of which there is no case, and a case one that accounting never told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from noc_tui.contract.calendar import PARIS
from noc_tui.contract.payments.invoice import InvoiceFacts, is_fresh
from noc_tui.contract.suspension.facts import a_date
from noc_tui.contract.suspension.late_payment import GROUND, formal_notice_of, late_from
from noc_tui.contract.suspension.values import ENDED, Case
from storage.invoices import InvoiceRow

DebtState = Literal[
    "paid", "insolvency", "disputed", "court-time", "stale", "in-part", "unpaid", "not-told"
]
LOOK_BACK = timedelta(days=365)
"""Our stand: for so long after a case a later debt is one that repeats."""


@dataclass(frozen=True, slots=True)
class Debt:
    """One invoice of a tenant. `invoice` is None where accounting never told of it, `case` where
    none names it: else the one that is open, or the last.
    """

    tenant: str
    reference: str
    invoice: InvoiceFacts | None
    case: Case | None

    def fact(self, key: str) -> str:
        """What the case says of it; empty where there is no case or no answer."""
        return "" if self.case is None else self.case.fact(key)

    @property
    def issued(self) -> date | None:
        """When the invoice was issued."""
        return self.invoice.issued if self.invoice else a_date(self.fact("issue_date"))

    @property
    def late_from(self) -> date | None:
        """The first day of lateness (art. 7)."""
        return None if self.issued is None else late_from(self.issued)

    @property
    def pay_by(self) -> date | None:
        """The last day of the formal notice to pay, proven or not; None where there is none."""
        if self.case is None:
            return None
        proven = formal_notice_of(self.case)
        letter = self.case.formal_notice
        return proven.until if proven else letter.until if letter else None

    @property
    def term_over_at(self) -> datetime | None:
        """The first instant after that day, in Paris."""
        day = self.pay_by
        if day is None:
            return None
        return datetime(day.year, day.month, day.day, tzinfo=PARIS) + timedelta(days=1)

    @property
    def disputed_on(self) -> date | None:
        """When the client disagreed, as far as nobody has answered it."""
        if self.fact("dispute_answer"):
            return None
        raised = a_date(self.fact("dispute_raised_on"))
        if raised is None and self.invoice is not None and self.invoice.in_dispute:
            raised = self.invoice.disputed
        return raised

    def is_settled(self) -> bool:
        """Whether accounting says that nothing is left to pay."""
        return self.invoice is not None and not self.invoice.remaining


def state_of(debt: Debt, now: datetime) -> DebtState:
    """Return what weighs most on a debt: that it is paid, then what keeps it from being a ground,
    then how much is known of it.
    """
    invoice, today = debt.invoice, now.astimezone(PARIS).date()
    if debt.is_settled():
        return "paid"
    judgment = a_date(debt.fact("insolvency_judgment_on"))
    if judgment is not None and (debt.issued is None or debt.issued <= judgment):
        return "insolvency"
    if debt.disputed_on is not None:
        return "disputed"
    granted = a_date(debt.fact("court_time_until"))
    if granted is not None and today <= granted:
        return "court-time"
    if invoice is None:
        return "not-told"
    if not is_fresh(invoice.as_of, now):
        return "stale"
    return "in-part" if invoice.paid else "unpaid"


class LaterDebt(msgspec.Struct, frozen=True):
    """What a tenant let go unpaid after the debt of a case: the case, and the invoices that none
    covers, the oldest first.
    """

    tenant: str
    case: str
    references: tuple[str, ...]


def find_later_debts(debts: Iterable[Debt], now: datetime) -> list[LaterDebt]:
    """Return the debts that came after one for which the tenant was suspended, or which it paid
    once a case was open: late (art. 7), none that is disputed or that a judgment or court bars, and
    none that an open case names. Cases that ended more than a year ago are left out.
    """
    by_tenant: dict[str, list[Debt]] = {}
    for debt in debts:
        by_tenant.setdefault(debt.tenant, []).append(debt)
    found = []
    for tenant, mine in sorted(by_tenant.items()):
        before = max(filter(None, (_earlier(one, now) for one in mine)), default=None)
        if before is None:
            continue
        issued, case = before
        later = [one for one in mine if _is_uncovered(one, now) and (one.issued or issued) > issued]
        if later:
            later.sort(key=lambda one: (one.issued or issued, one.reference))
            found.append(LaterDebt(tenant, case, tuple(one.reference for one in later)))
    return found


def _earlier(debt: Debt, now: datetime) -> tuple[date, str] | None:
    """The day of issue and the case of a debt that was acted on, or that was paid to a case."""
    case = debt.case
    if case is None or debt.issued is None:
        return None
    old = case.closed_at is not None and now - case.closed_at > LOOK_BACK
    acted = case.carried_out or debt.is_settled() or case.fell_away == "unpaid"
    return (debt.issued, case.id) if acted and not old else None


def _is_uncovered(debt: Debt, now: datetime) -> bool:
    """Whether nobody acts on a debt that is late."""
    if debt.case is not None and debt.case.state not in ENDED:
        return False
    late = debt.late_from is not None and debt.late_from <= now.astimezone(PARIS).date()
    return late and state_of(debt, now) in ("unpaid", "in-part", "stale")


def join_debts(invoices: Iterable[InvoiceRow], cases: Iterable[Case]) -> list[Debt]:
    """Return each debt once, by tenant and reference; rehearsed and other cases are left out."""
    known = {
        (row.tenant, row.reference): msgspec.convert(row, InvoiceFacts, from_attributes=True)
        for row in invoices
    }
    named = _newest_cases(cases)
    return [
        Debt(*key, known.get(key), named.get(key)) for key in sorted(known.keys() | named.keys())
    ]


def _newest_cases(cases: Iterable[Case]) -> Mapping[tuple[str, str], Case]:
    """The case of each invoice: one that is open before any other, then the last one."""
    mine = [
        case
        for case in cases
        if case.ground == GROUND and not case.rehearsal and case.fact("invoice_ref")
    ]
    mine.sort(key=lambda case: (case.state not in ENDED, case.opened_at))
    return {(case.tenant, case.fact("invoice_ref")): case for case in mine}
