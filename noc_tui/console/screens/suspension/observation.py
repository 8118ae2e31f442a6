"""What was observed, when, from whom it came and by which means: asked in one form (R16)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from noc_tui.console.dialogs.base import never
from noc_tui.console.dialogs.form import Field
from noc_tui.console.typed_instants import read_instant, write_instant
from noc_tui.contract.suspension.facts import an_instant
from noc_tui.contract.suspension.values import Case
from noc_tui.contract.terms import Ground
from noc_tui.i18n import N_, _
from noc_tui.labels.case_answers import MEANS_CODES, SOURCES, word_means_found
from widgets.folding import fold

SOURCE = "source"
ASKED_TOGETHER = (
    "usage",
    "observed",
    "observed_at",
    "who_informed_us",
    "informed_at",
    "automated_means",
)
"""The facts of one form, in its order; a ground asks for those that it requires."""
LABELS = {
    "usage": N_("The use complained of, in the words of the notice"),
    "observed": N_("What was observed, in the words of the notice"),
    "observed_at": N_("When, as 2026-03-01 14:30 (Paris time)"),
    "who_informed_us": N_("Who informed us (not told to the client)"),
    "informed_at": N_("When we were told, as 2026-03-01 14:30 (Paris)"),
    "automated_means": N_("Automated means that found it: none, or which"),
}
ASPECTS = {
    "security-risk": N_("Risk to the security of the services"),
    "abnormal": N_("Abnormal use"),
    "endangers": N_("Delivery of the services endangered"),
    "abusive": N_("Abusive use"),
    "fraudulent": N_("Fraudulent use"),
    "excessive": N_("Excessive use (a lead approves)"),
    "robots": N_("Robots on services that we host (a lead approves)"),
    "third-party-rights": N_("Rights of third parties"),
}
"""What is complained of where a ground has several limbs, by the aspects of the terms."""


def is_asked_together(ground: Ground, key: str) -> bool:
    """Return whether the form answers that requirement of the ground."""
    return key in ground.requires and key in (*ASKED_TOGETHER, SOURCE)


def source_choices(case: Case) -> list[tuple[str, str]]:
    """The choices of where an observation comes from, that which stands first."""
    stands = case.fact(SOURCE)
    return sorted(
        ((key, _(text)) for key, text in SOURCES.items()), key=lambda one: one[0] != stands
    )


def observation_fields(
    case: Case, ground: Ground, source: str, now: datetime, doubt: Callable[[str], str]
) -> Sequence[Field]:
    """The lines of the form; where somebody told us, when that was is one of them. `doubt` is asked
    of what the client reads as it was typed.
    """
    return tuple(_fields(case, ground, source, now, doubt))


def _fields(
    case: Case, ground: Ground, source: str, now: datetime, doubt: Callable[[str], str]
) -> Iterator[Field]:
    told_us = source not in ("", "own")
    for key in ASKED_TOGETHER:
        if key not in ground.requires and not (key == "informed_at" and told_us):
            continue
        label = _(LABELS[key])
        if key.endswith("_at"):
            at = an_instant(case.fact(key)) or now.replace(second=0, microsecond=0)
            yield Field(key, label, write_instant(at), read_instant)
        elif key == "automated_means":
            yield Field(key, label, word_means_found(case.fact(key) or "none"), _read_means)
        else:
            told = key in ("observed", "usage")
            yield Field(key, label, case.fact(key), doubt=doubt if told else never)


def _read_means(text: str) -> str:
    """The code of what was typed, or the words; ValueError where there are none."""
    typed = text.strip()
    if not typed:
        raise ValueError(_("This must not be empty."))
    return next((code for code, word in MEANS_CODES.items() if fold(typed) == fold(_(word))), typed)
