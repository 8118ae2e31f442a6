"""How the parts of the model are put together, and what confidence a share is worth.

`data/blend.toml` is learnt by `tools/annexe2_blend.py` on tickets of writers that were left out of
the learning: how much each part counts, how near two readings must be to be ambiguous, and how
often a verdict of such a share was right.
"""

import math
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

import msgspec


class Blend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rows` and `verdicts` are what each part counts: structure, pieces of words, meaning.

    `doubt` is what the share of *ambiguous* counts beside the best settled one; `near` the lead
    below which two readings of different verdicts are ambiguous. `shares` and `confidences` are
    points of a rising line.
    """

    rows: tuple[float, ...]
    verdicts: tuple[float, ...]
    doubt: float
    near: float
    shares: tuple[float, ...]
    confidences: tuple[float, ...]

    def confidence(self, share: float) -> float:
        """Return how often a verdict of that share was right on writers never learnt from."""
        if share <= self.shares[0]:
            return self.confidences[0] * share / (self.shares[0] or 1.0)
        for number in range(1, len(self.shares)):
            if share <= self.shares[number]:
                low, high = self.shares[number - 1], self.shares[number]
                one, two = self.confidences[number - 1], self.confidences[number]
                return one + (two - one) * (share - low) / ((high - low) or 1.0)
        return self.confidences[-1]


@cache
def load_blends() -> dict[str, Blend]:
    """The blends: `plain` of the default install, `meaning` where sentence vectors are there."""
    source = resources.files("noc_tui.contract.annexe2") / "data" / "blend.toml"
    document = tomllib.loads(source.read_text(encoding="utf-8"))
    return msgspec.convert(document, dict[str, Blend])


def mix_shares(parts: Sequence[Sequence[float]], weights: Sequence[float]) -> list[float]:
    """The shares of all parts together: each column's scores are shares' logarithms, weighed."""
    logs = [_logs(part) for part in parts]
    sums = [
        sum(weight * log[column] for weight, log in zip(weights, logs, strict=True))
        for column in range(len(logs[0]))
    ]
    top = max(sums)
    powers = [math.exp(value - top) for value in sums]
    total = sum(powers)
    return [power / total for power in powers]


def _logs(scores: Sequence[float]) -> list[float]:
    top = max(scores)
    whole = top + math.log(sum(math.exp(score - top) for score in scores))
    return [score - whole for score in scores]
