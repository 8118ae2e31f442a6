"""The second half of the model: pieces of words, for words that the vocabulary lacks.

Each word gives its pieces of two to five letters, its ends included; each piece has a line in a
hashed table, learnt by `tools/annexe2_subwords.py`: one signed byte a column (rows first, then
verdicts) and how rare it is. A word's lines are added once and remembered, so that a ticket costs
one addition a word.
"""

import json
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from zlib import crc32

SHORTEST, LONGEST = 2, 5
RARITY = 25.0
"""What a rarity of one is in the table's byte."""
_LONGEST_WORD = 40
_REMEMBERED = 30_000


def pieces(word: str) -> list[str]:
    """The pieces of a word, its ends marked by blanks."""
    marked = f" {word[:_LONGEST_WORD]} "
    return [
        marked[start : start + size]
        for size in range(SHORTEST, LONGEST + 1)
        for start in range(len(marked) - size + 1)
    ]


def bucket(piece: str, size: int) -> int:
    """The line of a piece in a table of `size` lines, a power of two."""
    return crc32(piece.encode("utf-8")) & (size - 1)


@dataclass(frozen=True, slots=True)
class Subwords:
    """The table: `weights` line by line, `scales` and `bias` a column, `rarity` a line."""

    bias: tuple[float, ...]
    scales: tuple[float, ...]
    size: int
    rarity: bytes
    weights: "array[int]"

    def columns(self, words: Iterable[str]) -> list[float]:
        """Return what the distinct words add up to in each column, whatever their number."""
        width = len(self.bias)
        total: list[float] = [0.0] * width
        square = 0.0
        for word in set(words):
            line, own = _line(self.size, word)
            square += own
            total = list(map(float.__add__, total, line))
        norm = square**0.5 or 1.0
        return [
            start + value * scale / norm
            for start, value, scale in zip(self.bias, total, self.scales, strict=True)
        ]

    def gains(self, word: str, words: int) -> Sequence[float]:
        """Return about what one word of so many adds to each column: for reasons, not to judge."""
        line, own = _line(self.size, word)
        norm = (own * max(words, 1)) ** 0.5 or 1.0
        return [value * scale / norm for value, scale in zip(line, self.scales, strict=True)]


@lru_cache(_REMEMBERED)
def _line(size: int, word: str) -> tuple[tuple[float, ...], float]:
    """A word's columns before their scales, and the square of its length."""
    table = load_subwords()
    width = len(table.bias)
    count: dict[int, int] = {}
    for piece in pieces(word):
        place = bucket(piece, size)
        count[place] = count.get(place, 0) + 1
    total = [0.0] * width
    square = 0.0
    for place, times in count.items():
        rare = times * table.rarity[place] / RARITY
        if not rare:
            continue
        square += rare * rare
        line = table.weights[place * width : (place + 1) * width]
        total = list(map(float.__add__, total, map(rare.__mul__, line)))
    return tuple(total), square


@cache
def load_subwords() -> Subwords:
    """The table that comes with the product, read at its first use."""
    source = resources.files("noc_tui.contract.annexe2") / "data" / "subwords.bin"
    raw = source.read_bytes()
    end = raw.index(b"\n")
    head = json.loads(raw[:end])
    size = int(head["size"])
    weights = array("b")
    weights.frombytes(raw[end + 1 + size :])
    return Subwords(
        tuple(head["bias"]), tuple(head["scales"]), size, raw[end + 1 : end + 1 + size], weights
    )
