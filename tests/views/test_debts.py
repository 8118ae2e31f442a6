"""Each debt once, whoever knows of it; what weighs most on it is said first."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from noc_tui.contract.suspension.values import Case, FormalNoticeLetter
from noc_tui.views.debts import Debt, DebtState, LaterDebt, find_later_debts, join_debts, state_of
from storage.invoices import InvoiceRow
from tests.support.cases import ANSWERS, NOW, draft, filled

REFERENCE = ANSWERS["invoice_ref"]


def invoice(**changes: object) -> InvoiceRow:
    row = InvoiceRow(
        tenant="acme", reference=REFERENCE, issued=date(2026, 1, 5), amount=125_000, paid=0,
        as_of=NOW - timedelta(hours=3), presented=date(2026, 2, 10), rejected=date(2026, 2, 12),
        disputed=None, answered=None,
    )  # fmt: skip
    return replace(row, **changes)


def case(**facts: str) -> Case:
    made = filled("late-payment", "tenant")
    return replace(made, facts={**made.facts, **facts})


def debt(row: InvoiceRow | None, named: Case | None = None) -> Debt:
    (one,) = join_debts([] if row is None else [row], [] if named is None else [named])
    return one


@pytest.mark.parametrize(
    ("row", "named", "state"),
    [
        (invoice(), None, "unpaid"),
        (invoice(paid=25_000), None, "in-part"),
        (invoice(as_of=NOW - timedelta(hours=25)), None, "stale"),
        (invoice(as_of=NOW + timedelta(minutes=1)), None, "stale"),
        (invoice(paid=125_000, as_of=NOW - timedelta(days=40)), None, "paid"),
        (invoice(paid=130_000, disputed=date(2026, 1, 9)), None, "paid"),
        (invoice(disputed=date(2026, 1, 9)), None, "disputed"),
        (invoice(disputed=date(2026, 1, 9), answered=date(2026, 1, 20)), None, "unpaid"),
        (invoice(disputed=date(2026, 1, 9)), case(dispute_answer="answered"), "unpaid"),
        (invoice(), case(dispute_raised_on="2026-01-09"), "disputed"),
        (invoice(), case(court_time_until="2026-03-10"), "court-time"),
        (invoice(), case(court_time_until="2026-03-09"), "unpaid"),
        (invoice(), case(insolvency_judgment_on="2026-02-01"), "insolvency"),
        (invoice(), case(insolvency_judgment_on="2026-01-04"), "unpaid"),
        (None, case(), "not-told"),
        (None, case(insolvency_judgment_on="2026-02-01"), "insolvency"),
    ],
)
def test_what_weighs_most_on_a_debt(
    row: InvoiceRow | None, named: Case | None, state: DebtState
) -> None:
    assert state_of(debt(row, named), NOW) == state


def test_an_invoice_and_the_case_that_names_it_are_one_debt() -> None:
    other = invoice(tenant="globex")
    found = join_debts([other, invoice()], [case(), draft("charte-breach")])
    assert [(one.tenant, one.case is not None) for one in found] == [
        ("acme", True), ("globex", False),
    ]  # fmt: skip


def test_an_open_case_goes_before_a_newer_one_that_is_over() -> None:
    opened = replace(case(), id="S-1")
    over = replace(case(), id="S-2", state="cancelled", opened_at=NOW + timedelta(days=1))
    rehearsed = replace(case(), id="S-3", rehearsal=True, opened_at=NOW + timedelta(days=2))
    for order in ([opened, over, rehearsed], [rehearsed, over, opened]):
        (one,) = join_debts([], order)
        assert one.case is not None
        assert one.case.id == "S-1"


@pytest.mark.parametrize(
    ("day", "over"),
    [
        (date(2026, 3, 9), datetime(2026, 3, 9, 23, tzinfo=UTC)),
        (date(2026, 3, 28), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),  # the clock changed
    ],
)
def test_a_term_ends_with_its_day_in_paris(day: date, over: datetime) -> None:
    letter = FormalNoticeLetter(
        invoice=REFERENCE, amount="1250.00", until=day, sent_at=NOW, message_id="<1@example.fr>",
        delivery="accepted",
    )  # fmt: skip
    one = debt(None, replace(case(), formal_notice=letter))
    assert one.pay_by == day
    assert one.term_over_at is not None
    assert one.term_over_at.astimezone(UTC) == over


def test_a_letter_that_was_refused_still_says_which_day_it_named() -> None:
    letter = FormalNoticeLetter(
        invoice=REFERENCE, amount="1250.00", until=date(2026, 3, 20), sent_at=NOW,
        message_id="<1@example.fr>", delivery="refused",
    )  # fmt: skip
    unproven = replace(case(), formal_notice=letter, ticks=())
    assert debt(None, unproven).pay_by == date(2026, 3, 20)
    assert debt(invoice()).pay_by is None


LATER = invoice(reference="F-2026-002", issued=date(2026, 1, 20))


def carried_out(**changes: object) -> Case:
    stands = {"state": "suspended", "started_at": NOW - timedelta(days=2)}
    return replace(case(), **{**stands, **changes})


def later(*rows: InvoiceRow, cases: list[Case]) -> list[LaterDebt]:
    return find_later_debts(join_debts(rows, cases), NOW)


def test_what_goes_unpaid_after_a_suspension_or_a_payment_is_a_later_debt() -> None:
    found = [LaterDebt("acme", "S-1", ("F-2026-002",))]
    assert later(invoice(), LATER, cases=[carried_out()]) == found
    paid = invoice(paid=125_000)
    closed = carried_out(state="closed", closed_at=NOW - timedelta(days=30))
    assert later(paid, LATER, cases=[closed]) == found
    never_suspended = replace(case(), state="cancelled", closed_at=NOW, fell_away="unpaid")
    assert later(paid, LATER, cases=[never_suspended]) == found
    another = replace(LATER, reference="F-2026-003", issued=date(2026, 1, 25), paid=1)
    (both,) = later(another, LATER, cases=[carried_out()])
    assert both.references == ("F-2026-002", "F-2026-003")


@pytest.mark.parametrize(
    "row",
    [
        replace(LATER, issued=date(2026, 1, 4)),  # from before
        replace(LATER, issued=date(2026, 2, 2)),  # its debit falls in March: not late yet
        replace(LATER, paid=125_000),
        replace(LATER, disputed=date(2026, 1, 22)),
        replace(LATER, tenant="globex"),
    ],
)
def test_what_is_no_later_debt(row: InvoiceRow) -> None:
    assert later(invoice(), row, cases=[carried_out()]) == []


def test_none_is_told_that_a_case_covers_nor_after_an_old_or_idle_case() -> None:
    of_its_own = replace(case(invoice_ref="F-2026-002", issue_date="2026-01-20"), id="S-2")
    assert later(invoice(), LATER, cases=[carried_out(), of_its_own]) == []
    over = replace(of_its_own, state="cancelled", closed_at=NOW)
    assert later(invoice(), LATER, cases=[carried_out(), over]) != []
    old = carried_out(state="closed", closed_at=NOW - timedelta(days=366))
    assert later(invoice(), LATER, cases=[old]) == []
    assert later(invoice(), LATER, cases=[case()]) == []  # not carried out, not paid
