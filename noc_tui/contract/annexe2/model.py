"""The weights: how much each feature speaks for each row and each verdict.

They are learnt by `tools/annexe2_train.py` from tickets written for this project and kept in
`data/weights.tsv`: a header in JSON, then a feature a line with its scale and one signed byte a
column (rows first, then verdicts), in base64. A linear model: what a word did can be read off.
"""

import json
import math
from array import array
from binascii import a2b_base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

# How much a kind of feature counts, by its prefix: concepts more than bare words.
KIND_SCALE = {
    "w": 0.6, "r": 0.5, "k": 0.4, "b": 0.5, "P": 0.6, "T": 0.8, "K": 0.6, "N": 0.5,
    "O": 0.8, "Y": 0.8, "a": 0.8, "n": 0.6,
}  # fmt: skip


def kind_scale(feature: str) -> float:
    """Return what the feature counts before its weight."""
    return KIND_SCALE.get(feature.partition("|")[0], 1.0)


@dataclass(frozen=True, slots=True)
class Model:
    """A linear model over features; columns are the rows' ids, then the verdicts."""

    rows: tuple[str, ...]
    verdicts: tuple[str, ...]
    bias: tuple[float, ...]
    lines: dict[str, tuple[float, str]]

    def weights(self, feature: str) -> Sequence[float] | None:
        """Return what a feature adds to each column, or None for one never learnt."""
        line = self.lines.get(feature)
        return None if line is None else _unpacked(line, kind_scale(feature))

    def columns(self, found: Iterable[str]) -> list[float]:
        """The sum of every column over the features."""
        added = (self.weights(feature) for feature in found)
        return [sum(column) for column in zip(self.bias, *filter(None, added), strict=True)]


@lru_cache(4096)
def _unpacked(line: tuple[float, str], kind: float) -> Sequence[float]:
    scale = line[0] * kind
    return [value * scale for value in array("b", a2b_base64(line[1]))]


@cache
def load_model() -> Model:
    """The weights that come with the product, read at their first use."""
    source = resources.files("noc_tui.contract.annexe2") / "data" / "weights.tsv"
    header, *lines = source.read_text(encoding="utf-8").splitlines()
    head = json.loads(header)
    parsed = (line.split("\t") for line in lines)
    return Model(
        tuple(head["rows"]),
        tuple(head["verdicts"]),
        tuple(head["bias"]),
        {feature: (float(scale), packed) for feature, scale, packed in parsed},
    )


@cache
def known_words() -> frozenset[str]:
    """Words of the tickets learnt from: none of them is a misspelling to put right."""
    source = resources.files("noc_tui.contract.annexe2") / "data" / "words.txt"
    return frozenset(source.read_text(encoding="utf-8").split())


def shares(values: Iterable[float]) -> list[float]:
    """The softmax: shares that add up to one."""
    given = list(values)
    top = max(given)
    powers = [math.exp(value - top) for value in given]
    total = sum(powers)
    return [power / total for power in powers]
