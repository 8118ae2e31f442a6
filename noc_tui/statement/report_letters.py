"""Draws the letters to who reported the content that a case is about (R39)."""

from datetime import datetime
from typing import Literal

from noc_tui.contract.suspension import facts as answers
from noc_tui.contract.suspension.content import LOCATION
from noc_tui.contract.suspension.notice_facts import collect_notice_facts
from noc_tui.contract.suspension.values import BARRIER, Case
from noc_tui.contract.terms import Terms
from noc_tui.i18n import Language, _
from noc_tui.letters.layout import PrintedLetter, lay_out
from noc_tui.letters.letter import LetterSender
from noc_tui.letters.measures import MeasureWords
from noc_tui.letters.notifier import ReportFacts, write_report_decision, write_report_receipt
from noc_tui.letters.writing import Writing

ReportLetter = Literal["receipt", "decision"]


def draw_report_letter(
    case: Case,
    terms: Terms,
    sender: LetterSender,
    *,
    what: ReportLetter,
    notifier: str,
    reason: str,
    language: Language,
    at: datetime,
) -> PrintedLetter:
    """Return the letter as it would leave at that instant; `reason` is why no measure is taken.

    Raises `ValueError` for a case that is not about content, and for a decision that has not been
    carried out and has no reason either.
    """
    if not case.fact(LOCATION):
        raise ValueError(_("this case is not about content: nobody is owed a letter of this kind"))
    if what == "decision" and not case.carried_out and not reason.strip():
        raise ValueError(_("nothing was carried out: say why no measure is taken (--reason)"))
    facts = _report_facts(case, terms, notifier, reason.strip(), language)
    if what == "receipt":
        return lay_out(write_report_receipt(facts, language), sender, at)
    return lay_out(write_report_decision(facts, sender, language), sender, at)


def _report_facts(
    case: Case, terms: Terms, notifier: str, reason: str, language: Language
) -> ReportFacts:
    """What the case knows of the report; the client's accounts and VMs stay out of it."""
    told = collect_notice_facts(case, terms, "after")
    measures = [one for one in told.measures if one.effect != BARRIER]
    means = case.fact("automated_means")
    return ReportFacts(
        reference=case.id,
        notifier=notifier,
        received=answers.an_instant(case.fact("informed_at")),
        location=case.fact(LOCATION),
        measures=MeasureWords(Writing(language)).lines(measures) if case.carried_out else (),
        since=case.started_at,
        law=case.fact("legal_provision") if case.carried_out else "",
        why=case.fact("why_unlawful") if case.carried_out else reason,
        automated="" if means in ("", "none") else means,
    )
