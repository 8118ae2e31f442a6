"""Learns the table of pieces of words (`data/subwords.bin`) from labelled tickets.

usage: annexe2_subwords.py TICKETS.jsonl... [--out FILE]

Needs numpy and scipy. Beside `annexe2_train.py`, whose targets and regression it uses.
"""

import argparse
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from noc_tui.contract.annexe2.clauses import clauses
from noc_tui.contract.annexe2.lexicon import load_lexicon
from noc_tui.contract.annexe2.subwords import RARITY, bucket, pieces
from noc_tui.contract.intake.desk import receive
from noc_tui.contract.terms import load_terms
from tools.annexe2_train import OUT, fit, read_tickets, row_targets, verdict_targets

SIZE = 1 << 16
TABLE = OUT.with_name("subwords.bin")
_STRENGTH = 6.0
_L2 = 0.001
_LEAST_SEEN = 2


def main() -> None:
    """Read the tickets, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tickets", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=TABLE)
    arguments = parser.parse_args()
    tickets, counted = read_tickets(arguments.tickets)
    rows = [row.id for row in load_terms().annexe2]
    found = [words_of(ticket["text"]) for ticket in tickets]
    learnt = learn(found, tickets, rows, counted)
    write(arguments.out, *learnt)
    print(f"{len(tickets)} tickets -> {arguments.out}")


@cache
def words_of(text: str) -> frozenset[str]:
    """The distinct words that the look-up reads in a ticket."""
    found = clauses(receive(text).text, load_lexicon())
    return frozenset(token.word for clause in found for token in clause.row)


def learn(
    found: Sequence[frozenset[str]],
    tickets: Sequence[dict[str, Any]],
    rows: Sequence[str],
    counted: Any,
) -> tuple[Any, Any, Any]:
    """The rarity a line, the weights, and the bias."""
    counts = [[_counts(word) for word in sorted(words)] for words in found]
    rarity = rarity_of(counts)
    kept = np.flatnonzero(rarity)
    given = matrix(counts, rarity)[:, kept]
    start = np.zeros((len(kept), len(rows)))
    by_row = fit(given, *row_targets(tickets, rows), counted, start, _L2)
    start = np.zeros((len(kept), 4))
    by_verdict = fit(given, *verdict_targets(tickets), counted, start, _L2)
    weights = np.zeros((SIZE, len(rows) + 4))
    weights[kept] = np.hstack([by_row[0], by_verdict[0]]) * _STRENGTH
    return rarity, weights, np.concatenate([by_row[1], by_verdict[1]])


def ask(
    learnt: Sequence[dict[str, Any]],
    counted: Any,
    rows: Sequence[str],
    asked: Sequence[dict[str, Any]],
) -> Any:
    """What the pieces of words, learnt from some tickets, say of others."""
    found = [words_of(ticket["text"]) for ticket in learnt]
    rarity, weights, bias = learn(found, learnt, rows, counted)
    counts = [[_counts(word) for word in sorted(words_of(one["text"]))] for one in asked]
    return matrix(counts, rarity) @ (weights / _STRENGTH) + bias


_KNOWN: dict[str, dict[int, int]] = {}


def _counts(word: str) -> dict[int, int]:
    known = _KNOWN.get(word)
    if known is None:
        known = {}
        for piece in pieces(word):
            place = bucket(piece, SIZE)
            known[place] = known.get(place, 0) + 1
        _KNOWN[word] = known
    return known


def rarity_of(counts: Sequence[Sequence[dict[int, int]]]) -> Any:
    """How rare each line is among the tickets, in steps of the table; nought when seen once."""
    seen = np.zeros(SIZE)
    for words in counts:
        seen[sorted({place for word in words for place in word})] += 1
    rare = np.log(len(counts) / np.maximum(seen, 1))
    rare[seen < _LEAST_SEEN] = 0
    return np.clip(np.round(rare * RARITY), 0, 255).astype(np.uint8)


def matrix(counts: Sequence[Sequence[dict[int, int]]], rarity: Any) -> Any:
    """A line a ticket, scaled as `Subwords.columns` does."""
    lines, columns, values = [], [], []
    rare = rarity / RARITY
    for number, words in enumerate(counts):
        sums: dict[int, float] = {}
        square = 0.0
        for word in words:
            for place, times in word.items():
                value = times * rare[place]
                square += value * value
                sums[place] = sums.get(place, 0.0) + value
        norm = square**0.5 or 1.0
        for place, value in sums.items():
            if value:
                lines.append(number)
                columns.append(place)
                values.append(value / norm * _STRENGTH)
    return sparse.csr_matrix((values, (lines, columns)), shape=(len(counts), SIZE))


def write(path: Path, rarity: Any, weights: Any, bias: Any) -> None:
    """A header in JSON, a byte of rarity a line, then a signed byte a column and line."""
    scales = np.maximum(np.abs(weights).max(0) / 127, 1e-9)
    head = {
        "size": SIZE,
        "bias": [round(float(value), 5) for value in bias],
        "scales": [float(f"{value:.6g}") for value in scales],
    }
    body = np.round(weights / scales).astype(np.int8)
    path.write_bytes(json.dumps(head).encode() + b"\n" + rarity.tobytes() + body.tobytes())


if __name__ == "__main__":
    main()
