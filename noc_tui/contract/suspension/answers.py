"""What a case can be told, and in which form: the requirements of the terms, and what the procedure
asks besides. Pure.
"""

from collections.abc import Mapping
from typing import Literal

from noc_tui.contract.suspension import facts, reasons
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.terms import Terms

AnswerKind = Literal[
    "text", "date", "instant", "amount", "confirm", "days", "choice", "evidence", "clause"
]
"""`evidence` and `clause` are ticked with evidence; all else is a fact. A `choice` is one of
`facts.CHOICES`.
"""
TICKED = frozenset({"evidence", "clause"})
PROCEDURE: Mapping[str, AnswerKind] = {
    "announced_at": "instant",
    "child_abuse": "confirm",
    "court_time_until": "date",
    "data_access": "text",
    "dispute_answer": "text",
    "dispute_raised_on": "date",
    "dispute_reason": "text",
    "formal_notice_at": "date",
    "formal_notice_until": "date",
    "formal_notice_shorter": "text",
    "insolvency_judgment_on": "date",
    "administrator_told_on": "date",
    "history": "confirm",
    "milder": "text",
    "order_days": "days",
    "order_until": "instant",
    "remedy": "text",
    "kind": "text",
    "received_at": "instant",
    "due_by": "instant",
    "scope_verbatim": "text",
    "observed": "text",
    "observed_at": "instant",
    "source": "choice",
    "automated_means": "text",
    "breach_by": "choice",
    "remedy_by": "instant",
    "expected_end": "instant",
    "order_redress": "text",
    "order_reasons": "text",
    "order_territory": "text",
    "also_articles": "text",
}
"""Facts that no requirement asks for, or only some grounds, times and plans do."""
_WRONG: Mapping[AnswerKind, str] = {
    "date": reasons.BAD_DATE,
    "instant": reasons.BAD_INSTANT,
    "amount": reasons.BAD_AMOUNT,
    "confirm": reasons.BAD_CONFIRMATION,
    "days": reasons.BAD_DAYS,
    "choice": reasons.BAD_CHOICE,
    "evidence": reasons.NEEDS_EVIDENCE,
    "clause": reasons.NEEDS_EVIDENCE,
}


def answer_kinds(terms: Terms) -> dict[str, AnswerKind]:
    """Return every key that a case may be told under these terms, and the form of its answer."""
    asked: dict[str, AnswerKind] = {row.id: row.kind for row in terms.requirements}
    choices: dict[str, AnswerKind] = dict.fromkeys(facts.CHOICES, "choice")
    return {**PROCEDURE, **asked, **choices}


def check_fact(key: str, answer: str, kind: AnswerKind) -> Reason | None:
    """Return why an answer does not have its form, or None. An empty one takes the answer back."""
    text = answer.strip()
    if not text and kind not in TICKED:
        return None
    if _has_form(key, text, kind):
        return None
    known = {"known": ", ".join(facts.CHOICES.get(key, ()))} if kind == "choice" else {}
    return Reason("R19", _WRONG[kind], {"key": key, **known})


def _has_form(key: str, text: str, kind: AnswerKind) -> bool:
    match kind:
        case "text":
            return True
        case "date":
            return facts.a_date(text) is not None
        case "instant":
            return facts.an_instant(text) is not None
        case "amount":
            return facts.an_amount(text) is not None
        case "confirm":
            return text in ("yes", "no")
        case "choice":
            return text in facts.CHOICES.get(key, ())
        case "days":
            return facts.a_number_of_days(text) is not None
        case "evidence" | "clause":
            return False
