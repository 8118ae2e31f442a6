"""Which answers a case takes beside its checklist, and how each answer is typed and read."""

from collections.abc import Callable, Iterator, Mapping

from noc_tui.console.screens.suspension.observation import ASPECTS
from noc_tui.console.typed_instants import read_instant, write_instant
from noc_tui.console.typed_values import read_amount, read_day, read_days
from noc_tui.contract.suspension.answers import AnswerKind
from noc_tui.contract.suspension.content import content_answers
from noc_tui.contract.suspension.facts import an_instant
from noc_tui.contract.suspension.values import Case
from noc_tui.contract.terms import Ground, Terms
from noc_tui.i18n import N_, _, language
from noc_tui.labels.case_answers import FACTS, NOTICE_FACTS, label_of, word_answer

CITE, ASPECT = "cite:", "aspect:"
_BY_TERMINATION = (
    "order_days",
    "order_until",
    "order_reasons",
    "order_territory",
    "order_redress",
)
_BY_GROUND = {
    "late-payment": (
        "formal_notice_at",
        "formal_notice_until",
        "formal_notice_shorter",
        "dispute_raised_on",
        "dispute_reason",
        "dispute_answer",
        "court_time_until",
        "insolvency_judgment_on",
        "administrator_told_on",
    ),
    "maintenance": ("announced_at",),
    "contract-breach": ("breach_by",),
}
ASKED = frozenset((*FACTS, *NOTICE_FACTS)).union(*_BY_GROUND.values())
"""Every answer that may be given beside the checklist."""
IN_NOTICE = frozenset(
    (
        "observed",
        "usage",
        "protective_reason",
        "urgent_because",
        "why_unlawful",
        "remedy",
        "data_access",
        "formal_notice_shorter",
        "order_redress",
        "order_reasons",
        "order_territory",
        "duty_breached",
        "milder",
    )
)
"""Answers that the client reads as they were typed."""
_FORMS: Mapping[AnswerKind, str] = {
    "date": N_("YYYY-MM-DD, or DD/MM/YYYY"),
    "instant": N_("YYYY-MM-DD HH:MM in Paris time, or with UTC or its offset"),
    "amount": N_("euros, as 1250.00"),
    "days": N_("a number of days"),
}
_READERS: Mapping[AnswerKind, Callable[[str], str]] = {
    "date": read_day,
    "instant": read_instant,
    "amount": read_amount,
    "days": read_days,
}


def form_of(kind: AnswerKind) -> str:
    """Return how such an answer is typed; "" where it is free text."""
    return _(_FORMS[kind]) if kind in _FORMS else ""


def reader_of(kind: AnswerKind) -> Callable[[str], str]:
    """Return what reads such an answer as a case keeps it; it raises ValueError for another."""
    return _READERS.get(kind, str.strip)


def written_as_typed(answer: str, kind: AnswerKind) -> str:
    """Return an answer as a field proposes it."""
    at = an_instant(answer) if kind == "instant" else None
    return answer if at is None else write_instant(at)


def list_extras(case: Case, terms: Terms) -> Iterator[tuple[str, str]]:
    """Yield what a ground may hold beside its checklist: (key, text) of each choice.

    A key is that of an answer, `cite:GROUND` or `aspect:NAME`.
    """
    ground = terms.ground(case.ground)
    keys = _BY_TERMINATION if ground.termination == "order" else _BY_GROUND.get(ground.id, ())
    keys += (*NOTICE_FACTS, *content_answers(ground.id))
    for key in dict.fromkeys(keys):
        if key not in ground.requires:
            told = word_answer(key, case.fact(key), terms) or "—"
            yield key, f"{label_of(key, terms)} · {told}"
    yield from _cites(case, ground, terms)
    for aspect in ground.aspects:
        mark = "☑" if aspect in case.aspects else "☐"
        yield f"{ASPECT}{aspect}", f"{mark} {_(ASPECTS[aspect]) if aspect in ASPECTS else aspect}"


def _cites(case: Case, ground: Ground, terms: Terms) -> Iterator[tuple[str, str]]:
    if ground.immediate_cites:
        cited = terms.ground(ground.immediate_cites)
        mark = "☑" if cited.id in case.cites else "☐"
        text = _("The danger is immediate: cite article {article} too").format(
            article=cited.article
        )
        yield f"{CITE}{cited.id}", f"{mark} {text} · {cited.label.in_(language())}"
