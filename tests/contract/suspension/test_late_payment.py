"""Late payment (R20): the formal notice and its term, what is paid, disputed, granted, adjudged."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.payments.invoice import InvoiceFacts, euros
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.clock import PARIS
from noc_tui.contract.suspension.late_payment import (
    formal_notice_of,
    last_day_to_pay,
    list_debt_problems,
    list_waiting_problems,
)
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.maturity import matures_at
from noc_tui.contract.suspension.reasons import Refused
from noc_tui.contract.suspension.values import Case, Person
from tests.support.cases import ANSWERS, LEA, NOW, OMAR, TERMS, filled, noticed, order, ready

SENT = datetime(2026, 3, 1, 10, 0, tzinfo=PARIS)


def late(by: Person = OMAR, /, **facts: str) -> Case:
    event = ev.Edited(at=NOW, by=by, facts=ANSWERS | facts)
    return apply_event(filled("late-payment", "tenant"), event, TERMS)


def looked_up(facts: Mapping[str, str]) -> dict[str, str]:
    """The look for an insolvency judgment, as of the day of the order."""
    return {"insolvency_check_on": facts["insolvency_check_on"]}


def by_post(case: Case) -> Case:
    """Without a proof that a formal notice was sent."""
    ticks = tuple(tick for tick in case.ticks if tick.target != "formal_notice_proof")
    return msgspec.structs.replace(case, ticks=ticks)


def mailed(case: Case, delivery: str = "accepted", at: datetime = SENT) -> Case:
    event = ev.FormalNoticeQueued(at=at, by=OMAR, until=date(2026, 3, 9), message_id="<f@x>")
    facts = {**case.facts, "insolvency_check_on": str(at.date())}
    case = apply_event(msgspec.structs.replace(by_post(case), facts=facts), event, TERMS)
    case = msgspec.structs.replace(case, facts={**case.facts, **looked_up(ANSWERS)})
    done = ev.FormalNoticeDelivered(at=at, delivery=delivery, message_id="<f@x>")  # type: ignore[arg-type]
    return apply_event(case, done, TERMS)


def invoice(paid: int, amount: int = 125_000, **changes: object) -> InvoiceFacts:
    fields: dict[str, object] = {"reference": "F-2026-001", "issued": date(2026, 1, 5)}
    return InvoiceFacts(amount=amount, paid=paid, as_of=NOW, **(fields | changes))  # type: ignore[arg-type]


def problems(case: Case, now: datetime = NOW) -> str:
    return "; ".join(one.english() for one in list_debt_problems(case, TERMS, now))


def refusal(case: Case, event: ev.Event) -> str:
    with pytest.raises(Refused) as caught:
        apply_event(case, event, TERMS)
    return str(caught.value)


def test_without_a_proven_formal_notice_there_is_no_order() -> None:
    said = refusal(by_post(late()), ev.Checked(at=NOW, by=OMAR))
    assert "step still open: Formal notice to pay, sent and proven (C. civ. 1344)" in said
    assert formal_notice_of(by_post(late())) is None
    assert formal_notice_of(late()) is not None


@pytest.mark.parametrize("delivery", ["queued", "refused", "unknown"])
def test_a_formal_notice_that_nobody_took_is_none(delivery: str) -> None:
    assert formal_notice_of(mailed(late(), delivery)) is None
    assert formal_notice_of(mailed(late())) is not None


@given(st.integers(-20, 20))
def test_it_is_ordered_once_the_last_day_to_pay_is_over(days: int) -> None:
    case = mailed(late())
    at = datetime(2026, 3, 9, 23, 59, 59, tzinfo=PARIS) + timedelta(days=days)
    waits = list_waiting_problems(case, TERMS, at)
    assert bool(waits) == (days <= 0)
    assert list_waiting_problems(case, TERMS, at + timedelta(seconds=1)) == [] or days < 0


def test_the_notice_has_matured_once_the_term_is_over() -> None:
    case = mailed(late())
    matures = matures_at(case, TERMS, NOW)
    assert matures == datetime(2026, 3, 10, tzinfo=PARIS)
    assert list_waiting_problems(case, TERMS, matures) == []
    assert list_waiting_problems(case, TERMS, matures - timedelta(seconds=1)) != []


def test_an_order_during_the_term_is_refused_with_its_law() -> None:
    case = ready("late-payment", "tenant")
    running = msgspec.structs.replace(
        case, facts={**case.facts, "formal_notice_until": "2026-03-10"}
    )
    said = refusal(running, order(running))
    assert "has until 2026-03-10 to pay after its formal notice (C. civ. 1344)" in said
    assert apply_event(case, order(case), TERMS).state == "ordered"


def test_a_formal_notice_before_lateness_or_with_too_short_a_term_does_not_count() -> None:
    assert "before payment was late" in problems(late(formal_notice_at="2026-02-28"))
    short = late(formal_notice_until="2026-03-08")
    assert "it has to run until 2026-03-09" in problems(short)
    assert problems(late(formal_notice_until="2026-03-08", formal_notice_shorter="agreed")) == ""
    assert "dated in the future" in problems(late(formal_notice_at="2026-03-11"))
    assert last_day_to_pay(date(2026, 3, 1), 8) == date(2026, 3, 9)


def test_one_written_reason_shortens_the_term_for_the_check_and_for_the_order() -> None:
    days = {"formal_notice_at": "2026-03-07", "formal_notice_until": "2026-03-09"}
    assert "leaves too little time" in refusal(late(**days), ev.Checked(at=NOW, by=OMAR))
    reasoned = late(**days, formal_notice_shorter="the client agreed to it in writing")
    assert matures_at(reasoned, TERMS, NOW) == datetime(2026, 3, 10, tzinfo=PARIS)
    case = apply_event(reasoned, ev.Checked(at=NOW, by=OMAR), TERMS)
    case = noticed(apply_event(case, ev.Approved(at=NOW, by=LEA, seen=digest(case)), TERMS))
    assert apply_event(case, order(case), TERMS).state == "ordered"


def test_a_formal_notice_is_sent_once_for_one_debt_and_falls_with_a_larger_one() -> None:
    case = mailed(late())
    again = ev.FormalNoticeQueued(at=NOW, by=OMAR, until=date(2026, 3, 18), message_id="<g@x>")
    assert "was sent, or is on its way" in refusal(case, again)
    less = msgspec.structs.replace(case, facts={**case.facts, "unpaid_part": "10.00"})
    assert formal_notice_of(less) is not None
    for change in ({"amount": "2000.00", "unpaid_part": "1250.01"}, {"invoice_ref": "F-2"}):
        other = msgspec.structs.replace(case, facts={**case.facts, **change})
        assert formal_notice_of(other) is None


def test_a_formal_notice_that_is_sent_asks_for_the_approval_anew() -> None:
    case = apply_event(late(), ev.Checked(at=NOW, by=OMAR), TERMS)
    case = apply_event(case, ev.Approved(at=NOW, by=LEA, seen=digest(case)), TERMS)
    sent = mailed(case)
    assert (sent.state, sent.approval) == ("draft", None)


@given(st.integers(1, 10**9), st.integers(0, 2 * 10**9), st.integers(1, 10**9))
def test_no_more_is_claimed_than_accounting_says_is_left(
    amount: int, paid: int, claimed: int
) -> None:
    case = late(amount=str(euros(amount)), unpaid_part=str(euros(claimed)))
    said = problems(msgspec.structs.replace(case, invoice=invoice(paid, amount)))
    left = max(0, amount - paid)
    assert ("the invoice is paid" in said) == (left == 0)
    assert ("a part was paid" in said) == (0 < left < claimed)
    assert ("more is claimed than was invoiced" in said) == (claimed > amount)


def test_a_partial_payment_says_what_remains() -> None:
    case = msgspec.structs.replace(late(), invoice=invoice(25_050))
    assert "a part was paid, 999.50 euros remain" in problems(case)
    assert Decimal("999.50") == euros(case.invoice.remaining)  # type: ignore[union-attr]
    less = msgspec.structs.replace(case, facts={**case.facts, "unpaid_part": "999.50"})
    assert problems(less) == ""


def test_only_a_lead_says_that_a_dispute_is_answered() -> None:
    answer = ev.Edited(at=NOW, by=OMAR, facts=ANSWERS | {"dispute_answer": "unfounded"})
    assert "a lead decides on what the client disputes (article 7)" in refusal(late(), answer)
    decided = apply_event(late(), msgspec.structs.replace(answer, by=LEA), TERMS)
    later = ev.Edited(at=NOW, by=OMAR, facts={**decided.facts, "remedy": "pay"})
    assert apply_event(decided, later, TERMS).fact("dispute_answer") == "unfounded"
    gone = ev.Edited(at=NOW, by=OMAR, facts=ANSWERS)
    assert "a lead decides" in refusal(decided, gone)


def test_a_late_dispute_holds_the_order_where_it_gives_its_reasons() -> None:
    assert problems(late(dispute_raised_on="2026-03-05")) == ""
    assert "disputed the invoice on 2026-03-05" in problems(
        late(dispute_raised_on="2026-03-05", dispute_reason="two VMs were returned in December")
    )


def test_a_dispute_that_accounting_knows_of_holds_the_order() -> None:
    known = invoice(0, disputed=date(2026, 1, 15))
    assert "disputed the invoice on 2026-01-15" in problems(
        msgspec.structs.replace(late(), invoice=known)
    )
    settled = msgspec.structs.replace(known, answered=date(2026, 2, 1))
    assert problems(msgspec.structs.replace(late(), invoice=settled)) == ""


def test_time_granted_by_a_court_is_kept_to_its_last_day() -> None:
    case = late(court_time_until="2026-03-12")
    last = datetime(2026, 3, 12, 23, 0, tzinfo=PARIS)
    (reason,) = list_waiting_problems(case, TERMS, last)
    assert reason.english() == "a court gave the client time until 2026-03-12 (C. civ. 1343-5)"
    assert list_waiting_problems(case, TERMS, last + timedelta(hours=1)) == []


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, ""),
        ({"insolvency_check_on": "2026-03-11"}, "dated in the future"),
        ({"insolvency_check_on": "2026-03-02"}, "last looked for on 2026-03-02"),
        ({"insolvency_check_on": "2026-03-03"}, ""),
        ({"insolvency_judgment_on": "2026-02-01"}, "from before the insolvency judgment"),
        ({"insolvency_judgment_on": "2026-01-05"}, "from before the insolvency judgment"),
        ({"insolvency_judgment_on": "2026-01-04"}, "notify the administrator first"),
        (
            {"insolvency_judgment_on": "2026-01-04", "administrator_told_on": "2026-01-03"},
            "notify the administrator first",
        ),
        ({"insolvency_judgment_on": "2026-01-04", "administrator_told_on": "2026-02-01"}, ""),
    ],
)
def test_a_debt_from_before_an_insolvency_judgment_is_no_ground(
    facts: dict[str, str], said: str
) -> None:
    told = problems(late(**facts))
    assert said in told
    assert bool(told) == bool(said)
    assert "C. com. L. 622-13" in told or not said


def test_terms_without_a_formal_notice_ask_for_none() -> None:
    numbers = msgspec.structs.replace(TERMS.suspension, formal_notice_days=0)
    older = msgspec.structs.replace(TERMS, suspension=numbers)
    case = by_post(late(court_time_until="2026-12-01", insolvency_judgment_on="2026-02-01"))
    assert list_debt_problems(case, older, NOW) == []
    assert list_waiting_problems(case, older, NOW) == []
