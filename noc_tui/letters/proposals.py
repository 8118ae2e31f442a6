"""What an answer of the checklist usually says, in the language of the notice: for the operator to
keep, complete or replace.
"""

from collections.abc import Mapping

from noc_tui.contract.suspension.notice_facts import collect_notice_facts
from noc_tui.contract.suspension.values import Case
from noc_tui.contract.terms import Terms
from noc_tui.i18n import N_, translations
from noc_tui.letters.measures import word_access_left
from noc_tui.letters.writing import Writing

_REMEDIES: Mapping[str, str] = {
    "maintenance": N_("none"),
    "emergency": N_("none"),
    "authority-request": N_("none"),
    "late-payment": N_("pay the sum due, by transfer or by a new direct debit"),
    "regulation-breach-5-1": N_("remove the content described above"),
    "authority-report": N_("put an end to the activity reported, and tell us how"),
}
_REMEDY = N_("put an end to these facts, find their cause, and tell us what was done")
_DATA_ACCESS = N_("on request, through the supervised console")


def propose_answer(case: Case, key: str, terms: Terms) -> str:
    """Return what is proposed for a step of the case; empty where nothing is usual. The client's
    way to its data is what the measures leave of it, and else what we offer.
    """
    translate = translations(case.notice.text.language).gettext
    if key == "remedy":
        return translate(_REMEDIES.get(case.ground, _REMEDY))
    if key != "data_access":
        return ""
    measures = collect_notice_facts(case, terms, "before").measures
    left = word_access_left(measures, Writing(case.notice.text.language))
    return left or translate(_DATA_ACCESS)
