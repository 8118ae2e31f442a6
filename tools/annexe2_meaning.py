"""Learns the head over sentence vectors (`data/meaning.bin`) from labelled tickets.

usage: annexe2_meaning.py HOUSE.jsonl... --voices VOICES.jsonl... [--out FILE]

Needs numpy, scipy and the package of the extra `meaning`. The tickets that explain answers are
some of the house's short ones, a few a row. Vectors are kept in the file that the variable
ANNEXE2_VECTORS names, where it is set: they take a tenth of a second each.
"""

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from noc_tui.contract.annexe2.gist import gist
from noc_tui.contract.annexe2.lexicon import load_lexicon
from noc_tui.contract.annexe2.meaning import load_encoder, quantise
from noc_tui.contract.annexe2.reading import read
from noc_tui.contract.intake.desk import receive
from noc_tui.contract.terms import load_terms
from tools.annexe2_train import OUT, fit, read_tickets, row_targets, verdict_targets

HEAD = OUT.with_name("meaning.bin")
EXAMPLES = OUT.with_name("examples.jsonl")
_STRENGTH = 6.0
_L2 = 0.0006
_A_ROW = 6
_SHORT = 160


def main() -> None:
    """Read the tickets, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("house", nargs="+", type=Path)
    parser.add_argument("--voices", nargs="*", type=Path, default=[])
    parser.add_argument("--out", type=Path, default=HEAD)
    arguments = parser.parse_args()
    tickets, counted = read_tickets([*arguments.house, *arguments.voices])
    rows = [row.id for row in load_terms().annexe2]
    weights, bias = learn(tickets, counted, rows)
    known = list(examples(read_tickets(arguments.house)[0]))
    write(arguments.out, weights, bias, vectors_of(known))
    lines = [json.dumps({"text": one["text"], "row": one["expected_row"]}) for one in known]
    EXAMPLES.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(tickets)} tickets, {len(known)} examples -> {arguments.out}")


def examples(house: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Some short tickets of each row, in French and English."""
    count: Counter[str] = Counter()
    for ticket in house:
        row = ticket["expected_row"]
        clear = ticket["expected_verdict"] != "ambiguous" and len(ticket["text"]) <= _SHORT
        if clear and "\n" not in ticket["text"] and count[row] < _A_ROW:
            count[row] += 1
            yield ticket


def learn(tickets: Sequence[dict[str, Any]], counted: Any, rows: Sequence[str]) -> tuple[Any, Any]:
    """The weights (rows, then verdicts) and the bias."""
    given = sparse.csr_matrix(vectors_of(tickets) * _STRENGTH)
    start = np.zeros((given.shape[1], len(rows)))
    by_row = fit(given, *row_targets(tickets, rows), counted, start, _L2)
    start = np.zeros((given.shape[1], 4))
    by_verdict = fit(given, *verdict_targets(tickets), counted, start, _L2)
    weights = np.hstack([by_row[0], by_verdict[0]]) * _STRENGTH
    return weights, np.concatenate([by_row[1], by_verdict[1]])


def ask(
    learnt: Sequence[dict[str, Any]],
    counted: Any,
    rows: Sequence[str],
    asked: Sequence[dict[str, Any]],
) -> Any:
    """What the meaning, learnt from some tickets, says of others."""
    weights, bias = learn(learnt, counted, rows)
    return vectors_of(asked) @ weights + bias


_VECTORS: dict[str, list[float]] = {}


def vectors_of(tickets: Sequence[dict[str, Any]]) -> Any:
    """The vector of each ticket's gist, a line each."""
    kept = os.environ.get("ANNEXE2_VECTORS")
    if kept and not _VECTORS and Path(kept).exists():
        _VECTORS.update(json.loads(Path(kept).read_text(encoding="utf-8")))
    encode = load_encoder()
    if encode is None:
        raise SystemExit("the package of the extra `meaning` is not installed")
    before = len(_VECTORS)
    gists = [gist(read(receive(one["text"]).text, load_lexicon())) for one in tickets]
    for text in gists:
        if text not in _VECTORS:
            _VECTORS[text] = [round(float(value), 5) for value in encode(text)]
    if kept and len(_VECTORS) > before:
        Path(kept).write_text(json.dumps(_VECTORS), encoding="utf-8")
    return np.array([_VECTORS[text] for text in gists])


def write(path: Path, weights: Any, bias: Any, vectors: Any) -> None:
    """A header in JSON, a signed byte a column and dimension, then the examples' vectors."""
    scales = np.maximum(np.abs(weights).max(0) / 127, 1e-9)
    head = {
        "bias": [round(float(value), 5) for value in bias],
        "scales": [float(f"{value:.6g}") for value in scales],
    }
    body = np.round(weights / scales).astype(np.int8)
    known = b"".join(quantise([float(value) for value in vector]) for vector in vectors)
    path.write_bytes(json.dumps(head).encode() + b"\n" + body.tobytes() + known)


if __name__ == "__main__":
    main()
