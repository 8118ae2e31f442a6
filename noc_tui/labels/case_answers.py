"""The answers of a case in words: what each is called, and what was answered."""

from collections.abc import Mapping

from noc_tui.contract.suspension.answers import answer_kinds
from noc_tui.contract.suspension.facts import a_date, an_amount, an_instant
from noc_tui.contract.terms import Terms
from noc_tui.i18n import N_, _, language
from noc_tui.labels import formats

FACTS = {
    "order_days": N_("The authority's own delay, in days"),
    "order_until": N_("The authority's own end"),
    "dispute_raised_on": N_("The client disputed the invoice on"),
    "dispute_reason": N_("Why the client disputes it, in its words"),
    "dispute_answer": N_("How the dispute was answered (a lead decides)"),
    "formal_notice_at": N_("Formal notice sent on"),
    "formal_notice_until": N_("Last day to pay after it"),
    "formal_notice_shorter": N_("Why it leaves fewer days than the terms ask"),
    "court_time_until": N_("A court gave time until"),
    "insolvency_judgment_on": N_("Insolvency judgment of"),
    "administrator_told_on": N_("The administrator was notified on"),
    "announced_at": N_("When the window was announced"),
    "milder": N_("Why a milder measure is not enough"),
    "breach_by": N_("Whose breach it is"),
    "order_redress": N_("Where and how the order is contested, as it says"),
    "order_reasons": N_("Reasons that the order gives"),
    "order_territory": N_("Territory that the order is for, as it says"),
}
NOTICE_FACTS = {
    "observed": N_("What was observed, in the words of the notice"),
    "observed_at": N_("When it was observed"),
    "source": N_("From whom it came"),
    "informed_at": N_("When we were told of it"),
    "automated_means": N_("Automated means (none, detection, or which)"),
    "remedy_by": N_("By when the client must act"),
    "expected_end": N_("Expected end"),
    "also_articles": N_("Further articles for the notice, as 8, 9"),
}
"""What the procedure asks beside the requirements of the terms, by the key of the answer."""
BREACH_BY = {
    "client": N_("The client's own"),
    "guest-user": N_("A guest user's (Invité), for whom the client answers"),
}
SOURCES = {
    "own": N_("Our own observations"),
    "third-party": N_("A report by a third party (an abuse mail); its name is not told"),
    "authority": N_("A report by a public authority"),
    "client": N_("The client itself"),
}
MEANS_CODES = {"none": N_("none"), "detection": N_("automated detection")}
"""Answers about automated means that are codes; any other is told as it is."""
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "source": SOURCES,
    "breach_by": BREACH_BY,
    "automated_means": MEANS_CODES,
}
_CONFIRMED = {"yes": N_("yes"), "no": N_("no")}


def label_of(key: str, terms: Terms) -> str:
    """Return the label of an answer, by the terms or by what the procedure asks."""
    known = FACTS | NOTICE_FACTS
    if key in known:
        return _(known[key])
    return terms.requirement(key).label.in_(language())


def word_means_found(answer: str) -> str:
    """Return an answer about automated means; what was typed is told as it is."""
    return _(MEANS_CODES[answer]) if answer in MEANS_CODES else answer


def word_answer(key: str, answer: str, terms: Terms) -> str:
    """Return an answer as the reader says it: codes in words, days, Paris times and amounts as
    everywhere; what was typed, and what has not its form, as it stands.
    """
    if answer in (known := _CHOICES.get(key, {})):
        return _(known[answer])
    if answer == "none":  # as the questions propose it: "none, or which"
        return _("(none)")
    match answer_kinds(terms).get(key):
        case "confirm":
            return _(_CONFIRMED[answer]) if answer in _CONFIRMED else answer
        case "date" if (day := a_date(answer)) is not None:
            return formats.day(day)
        case "instant" if (at := an_instant(answer)) is not None:
            return formats.instant(at)
        case "amount" if (amount := an_amount(answer)) is not None:
            return formats.money(amount)
        case _:
            return answer
