"""What a notice says of content (Regulation (EU) 2022/2065, articles 9 and 17; R16, R37).

Where content is the cause, the client learns which, the law, why the content is against it and how
far the measure reaches, whoever started it. Most grounds may be about content, and need not be.
"""

from noc_tui.contract.suspension.values import Case

LOCATION = "content_location"
"""The answer that makes a case one about content."""
ANSWERS = (LOCATION, "legal_provision", "why_unlawful")
_OURS = (
    "risk-abnormal-fraud",
    "contract-breach",
    "charte-breach",
    "art-5-1-breach",
    "authority-report",
)
"""Grounds on which the hoster itself finds content against the law or the terms."""
_ORDERED = "authority-request"
"""Of an order the authority gives the reasons: what it says of them is told, none is asked for."""


def content_answers(ground: str) -> tuple[str, ...]:
    """Return the answers about content that a ground takes beside its requirements."""
    return ANSWERS if ground in (*_OURS, _ORDERED) else ()


def required_of_content(case: Case) -> tuple[str, ...]:
    """Return what else must be answered once a case is about content, as one of its answers says:
    none where the decision is an authority's.
    """
    concerns = case.ground in _OURS and any(case.fact(key) for key in ANSWERS)
    return ANSWERS if concerns else ()
