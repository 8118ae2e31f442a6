"""Judges whose job a ticket is: rows ranked, verdict, confidence, and the words that decided.

The model gives each row and each verdict a share. The verdict is settled by both; the second and
third rows are other readings rather than kin of the first, so that three rows cover the most.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from noc_tui.contract.annexe2 import model as models
from noc_tui.contract.annexe2 import questions
from noc_tui.contract.annexe2.answer import Answer, Candidate, ScopeVerdict
from noc_tui.contract.annexe2.blend import Blend, load_blends, mix_shares
from noc_tui.contract.annexe2.clauses import ClauseRole
from noc_tui.contract.annexe2.composites import open_composites
from noc_tui.contract.annexe2.gist import gist
from noc_tui.contract.annexe2.lexicon import Lexicon
from noc_tui.contract.annexe2.meaning import Meaning, load_meaning
from noc_tui.contract.annexe2.model import Model
from noc_tui.contract.annexe2.own import lexicon_with, stand_ins_for
from noc_tui.contract.annexe2.own_cases import NO_CASES, OwnCase, OwnCases
from noc_tui.contract.annexe2.reading import Reading, frame, read
from noc_tui.contract.annexe2.reasons import Place, Reasons
from noc_tui.contract.annexe2.subwords import Subwords, load_subwords
from noc_tui.contract.annexe2.typos import Corrector
from noc_tui.contract.intake.desk import Arrival, receive
from noc_tui.contract.intake.notice import LEGAL_ROWS, abuse_rows

_SETTLED = (ScopeVerdict.in_scope, ScopeVerdict.out_of_scope, ScopeVerdict.not_annexe2)
# Rows that stand for one another: the second and third row look elsewhere first.
_KIN = (
    {"hyperviseurs", "couche-virtualisation", "couche-serveur-physique"},
    {"gestion-os-vm", "couche-os"},
    {
        "gestion-applications-bdd",
        "couche-applications",
        "couche-bdd",
        "applicatifs-metiers-bureautique",
    },
    {"firewall-cloud", "couche-reseau-cloud"},
    {"mco-session-rds", "couche-services"},
)
_KIN_WEIGHT = 0.35
_LEAST_KNOWN = 3
_UNKNOWN_CONFIDENCE = 0.2
# Where the best row and the verdict do not agree, less is said.
_DISSENT = 0.85
_CLEARED = 0.75
_LEFT_OPEN = 0.6
# A notice or a letter is recognised by its form: none of the tickets learnt from was taken for one.
RECOGNISED = 0.9
_SHARES = (0.6, 0.2, 0.1)


@dataclass(frozen=True, slots=True)
class Judge:
    """The look-up with its data. `verdict_of` is the terms' verdict for each row; `put_in` says a
    hoster's own words in those that sentences were learnt in.
    """

    lexicon: Lexicon
    model: Model
    verdict_of: Mapping[str, str]
    corrector: Corrector
    subwords: Subwords
    meaning: Meaning | None = None
    cases: OwnCases = NO_CASES
    put_in: Callable[[str], str] = str

    def answer(self, text: str) -> Answer:
        """Judge a ticket; a raw mail or a report in it is opened first.

        Raises `UnreadableTicketError` for an empty or binary text.
        """
        return self.answer_received(receive(text))

    def answer_received(self, received: Arrival) -> Answer:
        """Judge what was received. A notice or a letter that leaves no doubt is no ticket.

        Raises `UnreadableTicketError` for an empty or binary text.
        """
        reading = read(received.text, self.lexicon, self.corrector.for_one_ticket())
        answer = self._judged(reading)
        if received.letter is not None and received.letter.sure:
            return self._beside(answer, LEGAL_ROWS, "letter", received.letter.because)
        if received.notice is not None and received.notice.sure:
            rows = abuse_rows(received.notice.kind)
            return self._beside(answer, rows, "notice", received.notice.because)
        return self.cases.weigh(received.text, answer, self.verdict_of)

    def _beside(
        self,
        answer: Answer,
        rows: Sequence[str],
        kind: Literal["notice", "letter"],
        because: tuple[str, ...],
    ) -> Answer:
        """The answer to what is no ticket: the articles that it is a matter of."""
        known = [row for row in rows if row in self.verdict_of]
        if not known:
            return answer
        shares = dict(zip(known, _SHARES, strict=False))
        concepts = ("abuse" if kind == "notice" else "authority",) * len(because)
        return replace(
            answer,
            because=because,
            concepts=concepts,
            verdict=ScopeVerdict(self.verdict_of[known[0]]),
            confidence=RECOGNISED,
            candidates=tuple(Candidate(row, shares[row], because, concepts) for row in known),
            readings=(),
            question_fr="",
            question_en="",
            received=kind,
        )

    def _judged(self, reading: Reading) -> Answer:
        parts = self._parts(reading)
        near: tuple[str, ...] = ()
        if self.meaning is not None:
            vector = self.meaning.encode(self.put_in(gist(reading)))
            parts.append(self.meaning.columns(vector))
            near = tuple(known.text for known in self.meaning.nearest(vector))
        blend = load_blends()["plain" if self.meaning is None else "meaning"]
        width = len(self.model.rows)
        by_row = mix_shares([part[:width] for part in parts], blend.rows)
        by_verdict = mix_shares([part[width:] for part in parts], blend.verdicts)
        rows = dict(zip(self.model.rows, by_row, strict=True))
        verdicts = dict(zip(self.model.verdicts, by_verdict, strict=True))
        if self._known(reading) < _LEAST_KNOWN:
            verdict, confidence = ScopeVerdict.ambiguous, _UNKNOWN_CONFIDENCE
        else:
            verdict, share = self._verdict(rows, verdicts, blend)
            confidence = blend.confidence(share)
        if not open_composites().isdisjoint(reading.shown):
            verdict, confidence = ScopeVerdict.ambiguous, max(confidence, _LEFT_OPEN)
        if _clears_something(reading):
            confidence = min(confidence, _CLEARED)
        return replace(self._assembled(reading, rows, verdict, confidence), near=near)

    def _parts(self, reading: Reading) -> list[list[float]]:
        """What structure and pieces of words say of every row and verdict."""
        words = {token.word for clause in reading.clauses for token in clause.row}
        return [self.model.columns(reading.shown), self.subwords.columns(words)]

    def _verdict(
        self, rows: Mapping[str, float], verdicts: Mapping[str, float], blend: Blend
    ) -> tuple[ScopeVerdict, float]:
        """The verdict and its share. Two readings of different verdicts that are near one another
        are ambiguous.
        """
        doubt = verdicts[ScopeVerdict.ambiguous]
        joint = {
            verdict: (self._mass(rows, verdict) * (verdicts[verdict] + 1e-9)) ** 0.5
            for verdict in _SETTLED
        }
        whole = sum(joint.values())
        settled = {verdict: part / whole * (1 - doubt) for verdict, part in joint.items()}
        best, second = sorted(_SETTLED, key=settled.__getitem__, reverse=True)[:2]
        if doubt * blend.doubt > settled[best] or settled[best] - settled[second] < blend.near:
            return ScopeVerdict.ambiguous, max(doubt, 1 - settled[best])
        agreed = self.verdict_of[max(rows, key=rows.__getitem__)] == best
        return best, settled[best] * (1.0 if agreed else _DISSENT)

    def _mass(self, rows: Mapping[str, float], verdict: ScopeVerdict) -> float:
        return sum(share for row, share in rows.items() if self.verdict_of[row] == verdict)

    def _known(self, reading: Reading) -> int:
        return sum(
            name in self.model.lines
            for name in reading.shown
            if name[:2] in ("w|", "k|", "A|", "K|")
        )

    def _assembled(
        self, reading: Reading, rows: Mapping[str, float], verdict: ScopeVerdict, confidence: float
    ) -> Answer:
        concepts = {name[2:] for name in reading.shown if name.startswith("A|")}
        question = questions.between(rows, concepts) if verdict is ScopeVerdict.ambiguous else None
        ordered = self._ordered(rows, verdict, question.readings if question else ())
        led = _Led(self.model, self.subwords, reading)
        found = tuple(Candidate(row, round(rows[row], 4), *led.to(row)) for row in ordered)
        return Answer(
            verdict=verdict,
            confidence=round(min(confidence, 0.99), 3),
            candidates=found,
            because=found[0].because,
            frame=frame(reading.clauses),
            readings=question.readings if question else (),
            question_fr=question.fr if question else "",
            question_en=question.en if question else "",
            language=reading.language,
            truncated=reading.truncated,
            concepts=found[0].concepts,
        )

    def _ordered(
        self, rows: Mapping[str, float], verdict: ScopeVerdict, readings: Sequence[str]
    ) -> list[str]:
        """Three rows: the readings, or the best of the verdict's own, then other kinds."""
        own = [row for row in rows if self.verdict_of[row] == verdict] or list(rows)
        chosen = sorted(readings, key=rows.__getitem__, reverse=True)
        chosen = chosen or [max(own, key=rows.__getitem__)]
        while len(chosen) < 3:
            left = [row for row in rows if row not in chosen]
            chosen.append(max(left, key=lambda row: rows[row] * _freshness(row, chosen)))
        return chosen


def _clears_something(reading: Reading) -> bool:
    """Return whether the ticket says of some object that it is fine, done, or not the matter.

    Such a ticket speaks of two layers, and the one that was cleared is easily taken for the one
    that is asked about: on another author's tickets every confident wrong verdict was of this kind.
    """
    return any(
        clause.role is ClauseRole.known
        and any(hit.name.startswith("concept") for hit in clause.hits)
        for clause in reading.clauses
    )


def _freshness(row: str, chosen: Sequence[str]) -> float:
    weight = 1.0
    for kin in _KIN:
        if row in kin and not kin.isdisjoint(chosen):
            weight *= _KIN_WEIGHT
    return weight


class _Led:
    """Which words of the ticket speak for a row: weights against the rows' mean, by place."""

    def __init__(self, model: Model, subwords: Subwords, reading: Reading) -> None:
        self._columns = {row: number for number, row in enumerate(model.rows)}
        self._reasons = Reasons(reading)
        self._spoken = [
            (places[0], weights, sum(weights[: len(model.rows)]) / len(model.rows))
            for feature, places in reading.shown.items()
            if places and "?" not in feature and (weights := model.weights(feature)) is not None
        ]
        said = [token for clause in reading.clauses for token in clause.row]
        gains = ((token, subwords.gains(token.word, len(said))) for token in said)
        self._spoken += [
            ((token.start, token.end), gain, sum(gain[: len(model.rows)]) / len(model.rows))
            for token, gain in gains
        ]

    def to(self, row: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words that spoke most for the row, in the order of the text, and their concepts."""
        column = self._columns[row]
        gains: dict[Place, float] = {}
        for place, weights, mean in self._spoken:
            gains[place] = gains.get(place, 0.0) + weights[column] - mean
        return self._reasons.of(gains)


def load_judge(
    verdict_of: Mapping[str, str], own_words: Path | None = None, cases: Iterable[OwnCase] = ()
) -> Judge:
    """The look-up with the product's vocabulary and weights, a hoster's own words, and the cases
    that it learnt from. Sentences are read for their meaning where that extra is installed.

    Raises `VocabularyError` for a file of words that cannot be used.
    """
    words = lexicon_with(own_words)
    return Judge(
        words,
        models.load_model(),
        verdict_of,
        _corrector(own_words),
        load_subwords(),
        meaning=load_meaning(),
        cases=OwnCases(tuple(cases)),
        put_in=stand_ins_for(own_words),
    )


@cache
def _corrector(own_words: Path | None) -> Corrector:
    return Corrector(lexicon_with(own_words), models.known_words())
