"""Judges late payment (R20): the debit, the formal notice and its term, what is still owed, a
dispute, time granted by a court, an insolvency judgment.

Every refusal names the article of the contract or the law that it rests on.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from noc_tui.contract.payments.invoice import euros
from noc_tui.contract.suspension import reasons
from noc_tui.contract.suspension.clock import PARIS
from noc_tui.contract.suspension.facts import a_date, an_amount
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.values import Case, FormalNoticeLetter
from noc_tui.contract.terms import Terms

GROUND = "late-payment"
FORMAL_NOTICE_PROOF = "formal_notice_proof"
SHORTER = "formal_notice_shorter"
"""The fact that says why a formal notice leaves fewer days than the terms ask."""
COURT_TIME = "C. civ. 1343-5"
INSOLVENCY = "C. com. L. 622-13"
FORMAL_NOTICE = "C. civ. 1344"
CHECKED_WITHIN = timedelta(days=7)
"""Our stand: how long a look into the register of insolvencies holds."""


@dataclass(frozen=True, slots=True)
class FormalNotice:
    """A formal notice to pay: the day it was sent, and the last day to pay, both in Paris."""

    sent: date
    until: date

    @property
    def ends_at(self) -> datetime:
        """The first instant after its term."""
        return datetime.combine(self.until + timedelta(days=1), time(0), PARIS).astimezone(UTC)


def asks_formal_notice(case: Case, terms: Terms) -> bool:
    """Return whether the case needs a formal notice to pay before its order."""
    return case.ground == GROUND and bool(terms.suspension.formal_notice_days)


def formal_notice_of(case: Case) -> FormalNotice | None:
    """Return the formal notice that is proven: mailed for this debt and taken by the client's mail
    server, or sent otherwise with a proof of sending.
    """
    letter = case.formal_notice
    if letter is not None and letter.delivery == "accepted" and tells_debt(letter, case):
        return FormalNotice(letter.sent_at.astimezone(PARIS).date(), letter.until)
    sent, until = a_date(case.fact("formal_notice_at")), a_date(case.fact("formal_notice_until"))
    if sent is None or until is None or case.tick(FORMAL_NOTICE_PROOF) is None:
        return None
    return FormalNotice(sent, until)


def tells_debt(letter: FormalNoticeLetter, case: Case) -> bool:
    """Return whether the letter asked for what the case claims: this invoice, and no less."""
    asked, claimed = an_amount(letter.amount), an_amount(case.fact("unpaid_part"))
    same = letter.invoice == case.fact("invoice_ref")
    return same and asked is not None and claimed is not None and claimed <= asked


def list_formal_notice_problems(case: Case, terms: Terms, now: datetime) -> list[Reason]:
    """Return why no formal notice for the debt of the case may be mailed at `now`."""
    today = now.astimezone(PARIS).date()
    problems = _debit_problems(case, today) + _dispute_problems(case, terms)
    problems += _amount_problems(case) + _insolvency_problems(case, today)
    letter = case.formal_notice
    went = letter is not None and letter.delivery in ("queued", "accepted", "unknown")
    if letter is not None and went and tells_debt(letter, case):
        problems.append(_reason(reasons.FORMAL_NOTICE_SENT, FORMAL_NOTICE))
    return problems


def last_day_to_pay(sent: date, days: int) -> date:
    """Return the last day of the term of a formal notice: its own day does not count."""
    return sent + timedelta(days=days)


def late_from(issued: date) -> date:
    """The first day of lateness: the debit falls in the calendar month after issue (art. 7)."""
    months = issued.year * 12 + issued.month - 1 + 2
    return date(months // 12, months % 12 + 1, 1)


def list_debt_problems(case: Case, terms: Terms, now: datetime) -> list[Reason]:
    """Return why the debt is no ground, whatever is still waited for."""
    today = now.astimezone(PARIS).date()
    problems = _debit_problems(case, today) + _dispute_problems(case, terms)
    if asks_formal_notice(case, terms):
        problems += _amount_problems(case) + _notice_problems(case, terms, today)
        problems += _insolvency_problems(case, today)
    return problems


def list_waiting_problems(case: Case, terms: Terms, start: datetime) -> list[Reason]:
    """Return why a suspension for this debt may not start at that instant yet: the term of the
    formal notice runs, or a court granted time.
    """
    if not asks_formal_notice(case, terms):
        return []
    day = start.astimezone(PARIS).date()
    problems = []
    notice = formal_notice_of(case)
    if notice is not None and day <= notice.until:
        until = {"until": notice.until.isoformat()}
        problems.append(_reason(reasons.FORMAL_NOTICE_RUNS, FORMAL_NOTICE, until))
    granted = a_date(case.fact("court_time_until"))
    if granted is not None and day <= granted:
        problems.append(_reason(reasons.COURT_TIME_RUNS, COURT_TIME, {"until": str(granted)}))
    return problems


def list_new_problems(case: Case, terms: Terms, now: datetime) -> list[Reason]:
    """Return what came up since the order against a suspension that is to start now: a part was
    paid, the client disputes, a term still runs.
    """
    if not asks_formal_notice(case, terms):
        return []
    found = _dispute_problems(case, terms) + _amount_problems(case)
    return found + list_waiting_problems(case, terms, now)


def _reason(text: str, article: str, values: dict[str, str] | None = None) -> Reason:
    return Reason("R20", text, values or {}, article)


def _debit_problems(case: Case, today: date) -> list[Reason]:
    issued = a_date(case.fact("issue_date"))
    presented = a_date(case.fact("debit_presented_on"))
    problems: list[Reason] = []
    if issued is not None and today < late_from(issued):
        day = {"date": late_from(issued).isoformat()}
        problems.append(_reason(reasons.NOT_LATE_YET, "7", day))
    if presented is None:
        problems.append(_reason(reasons.NO_DEBIT, "7"))
    else:
        if issued is not None and presented < issued:
            problems.append(_reason(reasons.DEBIT_BEFORE_ISSUE, "7"))
        if presented > today:
            problems.append(_reason(reasons.DEBIT_IN_FUTURE, "7"))
    return problems


def _dispute_problems(case: Case, terms: Terms) -> list[Reason]:
    """A disagreement within the contract's days holds whatever it says, a later one if it gives its
    reasons; until a lead has answered it.
    """
    if case.fact("dispute_answer"):
        return []
    raised, issued = a_date(case.fact("dispute_raised_on")), a_date(case.fact("issue_date"))
    if raised is None and case.invoice is not None and case.invoice.in_dispute:
        raised = case.invoice.disputed
    if raised is None or issued is None:
        return []
    in_time = raised <= issued + timedelta(days=terms.suspension.dispute_days)
    if in_time or case.fact("dispute_reason"):
        return [_reason(reasons.DISPUTE_OPEN, "7", {"date": raised.isoformat()})]
    return []


def _amount_problems(case: Case) -> list[Reason]:
    """What is claimed against what was invoiced, and against what accounting says is left."""
    asked, whole = an_amount(case.fact("unpaid_part")), an_amount(case.fact("amount"))
    problems: list[Reason] = []
    if asked is not None and whole is not None and asked > whole:
        problems.append(_reason(reasons.MORE_THAN_INVOICED, "7"))
    if case.invoice is None:
        return problems
    left = euros(case.invoice.remaining)
    if not left:
        problems.append(_reason(reasons.PAID, "6"))
    elif asked is not None and asked > left:
        problems.append(_reason(reasons.PAID_IN_PART, "6", {"left": _figure(left)}))
    return problems


def _figure(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _notice_problems(case: Case, terms: Terms, today: date) -> list[Reason]:
    notice = formal_notice_of(case)
    if notice is None:
        return []  # the step of the checklist is open
    problems: list[Reason] = []
    issued = a_date(case.fact("issue_date"))
    if notice.sent > today:
        problems.append(_reason(reasons.FORMAL_NOTICE_IN_FUTURE, FORMAL_NOTICE))
    if issued is not None and notice.sent < late_from(issued):
        problems.append(_reason(reasons.FORMAL_NOTICE_TOO_EARLY, FORMAL_NOTICE))
    least = last_day_to_pay(notice.sent, terms.suspension.formal_notice_days)
    if notice.until < least and not case.fact(SHORTER):
        day = {"date": least.isoformat()}
        problems.append(_reason(reasons.FORMAL_NOTICE_TOO_SHORT, FORMAL_NOTICE, day))
    return problems


def _insolvency_problems(case: Case, today: date) -> list[Reason]:
    """Debts from before a judgment are never a ground; later ones are, once the administrator was
    told. An invoice of the judgment's own day counts as before it.
    """
    problems: list[Reason] = []
    checked = a_date(case.fact("insolvency_check_on"))
    if checked is not None and checked > today:
        problems.append(_reason(reasons.INSOLVENCY_CHECK_IN_FUTURE, INSOLVENCY))
    elif checked is not None and today - checked > CHECKED_WITHIN:
        day = {"date": checked.isoformat()}
        problems.append(_reason(reasons.INSOLVENCY_CHECK_OLD, INSOLVENCY, day))
    judgment, issued = a_date(case.fact("insolvency_judgment_on")), a_date(case.fact("issue_date"))
    if judgment is None or issued is None:
        return problems
    told = a_date(case.fact("administrator_told_on"))
    if issued <= judgment:
        day = {"date": judgment.isoformat()}
        problems.append(_reason(reasons.DEBT_BEFORE_JUDGMENT, INSOLVENCY, day))
    elif told is None or not judgment <= told <= today:
        problems.append(_reason(reasons.ADMINISTRATOR_NOT_TOLD, INSOLVENCY))
    return problems
