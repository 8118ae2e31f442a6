"""The hoster's own cases: tickets whose right row a lead approved, weighed beside the model.

The same text has the same verdict. A text that shares most of its words with a case weighs by how
many, and never as much as what is said to be sure, for common words tell nothing of a negation: it
overrules a look-up that is less sure than that, and else brings its row among the three. Of equally
near cases the newest counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from noc_tui.contract.annexe2.answer import Answer, Candidate, ScopeVerdict
from noc_tui.contract.annexe2.questions import general
from noc_tui.contract.annexe2.reasons import stop_words
from noc_tui.contract.annexe2.tokens import fold, tokens
from noc_tui.contract.intake.desk import matter_of

NEAR = 0.7
"""The share of common words from which two texts are near one another."""
_LEAST_WORDS = 4
_SAME = 0.99
_LIKELY = 0.79
_SHOWN = 200
_REMEMBERED = 256


class OwnCase(msgspec.Struct, frozen=True):
    """A ticket and what is right for it; `row` is empty where no row of the matrix fits."""

    text: str
    row: str
    verdict: ScopeVerdict


@dataclass(frozen=True, slots=True)
class _Prepared:
    case: OwnCase
    folded: str

    def alike(self, folded: str, words: frozenset[str]) -> float:
        """How much of a text is the case's, from 0 to 1."""
        if self.folded == folded:
            return 1.0
        if not _may_be_near(words, self.folded):
            return 0.0
        return min(_alike(_words(self.folded), words), _SAME)


@dataclass(frozen=True, slots=True)
class OwnCases:
    """The approved cases, the oldest first."""

    cases: tuple[OwnCase, ...] = ()

    def weigh(self, text: str, answer: Answer, verdict_of: Mapping[str, str]) -> Answer:
        """Return the answer as the nearest case leaves it; unchanged where none is near.

        A case counts only where the terms (`verdict_of`) give its row the verdict that it has.
        """
        if not self.cases:
            return answer
        folded = _folded(text)
        words = _words(folded)
        near, found = 0.0, None
        for one in _prepare(self.cases):
            alike = one.alike(folded, words)
            if alike >= max(near, NEAR) and fits_terms(one.case, verdict_of):
                near, found = alike, one.case
        if found is None:
            return answer
        told = replace(answer, near=tuple(dict.fromkeys((found.text[:_SHOWN], *answer.near))))
        weight = _SAME if near == 1.0 else min(near, _LIKELY)
        if near < 1.0 and found.verdict is not answer.verdict and weight <= answer.confidence:
            rows = _with(answer.candidates, found.row, weight, first=False)
            return replace(told, candidates=rows)
        return _decided(told, found, weight)


NO_CASES = OwnCases()


def fits_terms(case: OwnCase, verdict_of: Mapping[str, str]) -> bool:
    """Return whether the terms give the case's row its verdict; no row at all is left open."""
    if not case.row:
        return case.verdict is ScopeVerdict.ambiguous
    return verdict_of.get(case.row) == case.verdict.value


def _decided(answer: Answer, case: OwnCase, near: float) -> Answer:
    """The answer with the case's verdict and row; no row leaves the question to be asked."""
    found = _with(answer.candidates, case.row, near, first=True) if case.row else answer.candidates
    asked = case.verdict is ScopeVerdict.ambiguous
    question = general()
    return replace(
        answer,
        verdict=case.verdict,
        confidence=max(near, answer.confidence) if case.verdict is answer.verdict else near,
        candidates=found,
        because=found[0].because,
        concepts=found[0].concepts,
        readings=answer.readings if asked else (),
        question_fr=(answer.question_fr or question.fr) if asked else "",
        question_en=(answer.question_en or question.en) if asked else "",
    )


def _with(
    candidates: tuple[Candidate, ...], row: str, share: float, *, first: bool
) -> tuple[Candidate, ...]:
    """Three candidates with the case's row, at their head or, where it is missing, at their end."""
    if not row or (not first and any(one.row == row for one in candidates)):
        return candidates
    known = next((one for one in candidates if one.row == row), Candidate(row, share, ()))
    others = tuple(one for one in candidates if one.row != row)[:2]
    if not first:
        least = min((one.share for one in others), default=share)
        return (*others, replace(known, share=min(share, least)))
    return (replace(known, share=round(share, 4)), *others)


@lru_cache(maxsize=1)
def _prepare(cases: tuple[OwnCase, ...]) -> tuple[_Prepared, ...]:
    return tuple(_Prepared(case, _folded(matter_of(case.text))) for case in cases)


def _folded(text: str) -> str:
    return " ".join(fold(text).split())


@lru_cache(maxsize=_REMEMBERED)
def _words(folded: str) -> frozenset[str]:
    return frozenset(token.word for token in tokens(folded)) - stop_words()


def _may_be_near(words: frozenset[str], folded: str) -> bool:
    """Whether so many of the words are in the text, be it inside of others, that it can be near.

    Reading the words of a thousand cases takes long; of nearly all of them this says no. Classes of
    words (`ip_`, `size_`) stand for what is written otherwise and are passed over.
    """
    missing = int(len(words) * (1 - NEAR))
    for word in words:
        if word.isalpha() and word not in folded:
            missing -= 1
            if missing < 0:
                return False
    return True


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """The common words' share of all; nothing where either has too few to tell."""
    if min(len(one), len(other)) < _LEAST_WORDS:
        return 0.0
    return len(one & other) / len(one | other)
