"""Learn the weights of the Annexe 2 look-up from labelled tickets and write `weights.tsv`.

usage: annexe2_train.py TICKETS.jsonl... [--out FILE] [--l2 X]

Needs numpy and scipy, which the product itself does not. A ticket counts for its expected row and,
less, for each acceptable one; the verdicts are a second head over the same features. Learning
starts from `affinities.toml`. Each ticket is learnt twice, the second time at half weight with a
sentence beside the matter (`tests/contract/annexe2/decoys.txt`) before or after it.
"""

import argparse
import json
import random
import tomllib
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from noc_tui.contract.annexe2.clauses import clauses
from noc_tui.contract.annexe2.composites import load_composites as composites
from noc_tui.contract.annexe2.features import features
from noc_tui.contract.annexe2.lexicon import load_lexicon
from noc_tui.contract.annexe2.model import kind_scale
from noc_tui.contract.annexe2.tokens import tokens
from noc_tui.contract.intake.desk import receive
from noc_tui.contract.terms import load_terms

OUT = Path("noc_tui/contract/annexe2/data/weights.tsv")
VERDICTS = ("in_scope", "out_of_scope", "not_annexe2", "ambiguous")
AFFINITIES = OUT.with_name("affinities.toml")
WORDS = OUT.with_name("words.txt")
_LEAST_LETTERS = 5
DECOYS = Path("tests/contract/annexe2/decoys.txt")
_STARTS = {"A": 1.0, "R": 0.3}
_DECOY_WEIGHT = 0.5
_EXPECTED_SHARE = 0.4
_LEAST_SEEN = 2
_STRANGER = 2.0
L2 = 0.001


def main() -> None:
    """Read the tickets, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tickets", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--l2", type=float, default=L2)
    arguments = parser.parse_args()
    tickets, voiced = read_tickets(arguments.tickets)
    rows = [row.id for row in load_terms().annexe2]
    names, weights, bias = structure(tickets, voiced, rows, arguments.l2)
    write(arguments.out, rows, names, weights, bias)
    texts = [ticket["text"] for ticket in tickets]
    words = {token.word for text in texts for token in tokens(text)}
    plain = sorted(word for word in words if word.isalpha() and len(word) >= _LEAST_LETTERS)
    WORDS.write_text("\n".join(plain) + "\n", encoding="utf-8")
    print(f"{len(tickets)} tickets, {len(names)} features -> {arguments.out}")


def structure(
    tickets: Sequence[dict[str, Any]], counted: Any, rows: Sequence[str], l2: float
) -> tuple[list[str], Any, Any]:
    """Learn the structure: the features' names, their weights (rows, then verdicts), the bias."""
    texts = [receive(ticket["text"]).text for ticket in tickets]
    seen = [features_of(text) for text in [*texts, *with_decoys(texts)]]
    twice = [*tickets, *tickets]
    weighed = np.concatenate([counted, counted * _DECOY_WEIGHT])
    affinities = tomllib.loads(AFFINITIES.read_text(encoding="utf-8"))["concept"]
    names = learnt_names(seen, affinities)
    given = matrix(seen, names)
    columns = start_of(names, rows, affinities)
    by_row = fit(given, *row_targets(twice, rows), weighed, columns, l2)
    columns = verdict_start(columns, rows, names)
    by_verdict = fit(given, *verdict_targets(twice), weighed, columns, l2)
    weights = np.hstack([by_row[0], by_verdict[0]])
    return names, weights, np.concatenate([by_row[1], by_verdict[1]])


def learn_structure(
    learnt: Sequence[dict[str, Any]],
    counted: Any,
    rows: Sequence[str],
    asked: Sequence[dict[str, Any]],
) -> Any:
    """What the structure, learnt from some tickets, says of others."""
    names, weights, bias = structure(learnt, counted, rows, L2)
    seen = [features_of(receive(ticket["text"]).text) for ticket in asked]
    return matrix(seen, names) @ weights + bias


@cache
def features_of(text: str) -> frozenset[str]:
    """The features that a text shows."""
    return frozenset(features(clauses(text, load_lexicon())))


def read_tickets(files: Sequence[Path]) -> tuple[list[dict[str, Any]], Any]:
    """The labelled tickets of files, and how often each counts: a stranger's more than a
    familiar's, whose like there are many.
    """
    tickets, counted = [], []
    for path in files:
        lines = path.read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines if line.strip()]
        tickets += found
        counted += [_STRANGER if path.parent.name == "voices" else 1.0] * len(found)
    return tickets, np.array(counted)


def with_decoys(texts: Sequence[str]) -> list[str]:
    """Return each text with one or two sentences beside the matter, the same ones on every run."""
    decoys = DECOYS.read_text(encoding="utf-8").splitlines()
    chance = random.Random(7)  # noqa: S311 # no secret hangs on it
    told = []
    for text in texts:
        aside = " ".join(chance.sample(decoys, chance.choice((1, 2))))
        told.append(f"{aside}\n{text}" if chance.random() < 0.6 else f"{text}\n{aside}")
    return told


def start_of(names: Sequence[str], rows: Sequence[str], affinities: dict[str, Any]) -> Any:
    """The weights before learning: what each concept says by itself, more when it is asked."""
    start = np.zeros((len(names), len(rows)))
    for number, name in enumerate(names):
        kind, _, concept = name.partition("|")
        for row, strength in affinities.get(concept, {}).items() if kind in _STARTS else ():
            start[number, rows.index(row)] = strength * _STARTS[kind] / kind_scale(name)
    for composite in composites():
        number = names.index(f"X|{composite.name}")
        for row, strength in composite.rows.items():
            start[number, rows.index(row)] = strength
    return start


def verdict_start(start: Any, rows: Sequence[str], names: Sequence[str]) -> Any:
    """The same for the verdicts: half of what is said for their rows, and against ambiguity."""
    known = {row.id: VERDICTS.index(row.verdict) for row in load_terms().annexe2}
    verdicts = np.zeros((start.shape[0], len(VERDICTS)))
    for column, row in enumerate(rows):
        verdicts[:, known[row]] += start[:, column] / 2
        verdicts[:, VERDICTS.index("ambiguous")] -= start[:, column] / 8
    for composite in composites():
        number = names.index(f"X|{composite.name}")
        verdicts[number, VERDICTS.index("ambiguous")] = composite.ambiguous
    return verdicts


def learnt_names(seen: Sequence[frozenset[str]], affinities: dict[str, Any]) -> list[str]:
    """The features that at least two tickets show, and every concept's own, in order."""
    plain = seen[: len(seen) // 2]
    count = Counter(name for shown in plain for name in shown)
    kept = {name for name, times in count.items() if times >= _LEAST_SEEN}
    started = {f"{kind}|{name}" for kind in _STARTS for name in affinities}
    return sorted(kept | started | {f"X|{composite.name}" for composite in composites()})


def matrix(seen: Sequence[frozenset[str]], names: Sequence[str]) -> Any:
    """A line a ticket, a column a feature, each at its kind's scale."""
    place = {name: number for number, name in enumerate(names)}
    cells = [
        (number, place[name], kind_scale(name))
        for number, shown in enumerate(seen)
        for name in sorted(shown)
        if name in place
    ]
    lines, columns, values = zip(*cells, strict=True)
    return sparse.csr_matrix((values, (lines, columns)), shape=(len(seen), len(names)))


def row_targets(tickets: Sequence[dict[str, Any]], rows: Sequence[str]) -> tuple[Any, Any]:
    """For each ticket: which rows are acceptable, and which one is expected."""
    place = {row: number for number, row in enumerate(rows)}
    accepted = np.zeros((len(tickets), len(rows)))
    expected = np.zeros_like(accepted)
    for number, ticket in enumerate(tickets):
        expected[number, place[ticket["expected_row"]]] = 1
        for row in (ticket["expected_row"], *ticket["acceptable_rows"]):
            accepted[number, place[row]] = 1
    return accepted, expected


def verdict_targets(tickets: Sequence[dict[str, Any]]) -> tuple[Any, Any]:
    """For each ticket its verdict, twice: nothing else is acceptable."""
    expected = np.zeros((len(tickets), len(VERDICTS)))
    for number, ticket in enumerate(tickets):
        expected[number, VERDICTS.index(ticket["expected_verdict"])] = 1
    return expected, expected


def fit(
    given: Any, accepted: Any, expected: Any, counted: Any, start: Any, l2: float
) -> tuple[Any, Any]:
    """Softmax regression with the likelihood of the accepted set and of the expected column.

    Weights are held near `start`; a ticket counts `counted` times.
    """
    names = given.shape[1]
    tickets = counted.sum()
    columns = accepted.shape[1]
    share = _EXPECTED_SHARE

    def loss(flat: Any) -> tuple[float, Any]:
        moved = flat[: names * columns].reshape(names, columns)
        scores = given @ (moved + start) + flat[names * columns :]
        scores = np.exp(scores - scores.max(1, keepdims=True))
        scores /= scores.sum(1, keepdims=True)
        right = (scores * accepted).sum(1, keepdims=True) + 1e-12
        best = (scores * expected).sum(1) + 1e-12
        pull = scores - (1 - share) * scores * accepted / right - share * expected
        pull *= counted[:, None]
        value = -counted @ ((1 - share) * np.log(right[:, 0]) + share * np.log(best)) / tickets
        slope = given.T @ pull / tickets + l2 * moved
        return (
            float(value + l2 / 2 * (moved**2).sum()),
            np.concatenate([slope.ravel(), pull.sum(0) / tickets]),
        )

    flat = np.zeros(names * columns + columns)
    found = minimize(loss, flat, jac=True, method="L-BFGS-B", options={"maxiter": 60})
    return start + found.x[: names * columns].reshape(names, columns), found.x[names * columns :]


def write(path: Path, rows: Sequence[str], names: Sequence[str], weights: Any, bias: Any) -> None:
    """The header, then a feature a line: name, scale, one signed byte a column in base64."""
    head = {"rows": rows, "verdicts": VERDICTS, "bias": [round(float(value), 4) for value in bias]}
    lines = [json.dumps(head, ensure_ascii=False)]
    for name, line in zip(names, weights, strict=True):
        scale = max(float(np.abs(line).max()) / 127, 1e-6)
        packed = b64encode(np.round(line / scale).astype(np.int8).tobytes()).decode()
        lines.append(f"{name}\t{scale:.6f}\t{packed}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
