"""Repeatable chance: the same seed plays the same estate and the same day, everywhere."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")

_MASK = (1 << 64) - 1


@dataclass(slots=True)
class Dice:
    """A splitmix64 generator; `named` ones are independent of how often others were thrown."""

    state: int

    @classmethod
    def named(cls, seed: int, *names: object) -> "Dice":
        """The generator that belongs to `names` under `seed`."""
        text = "\x1f".join(str(name) for name in (seed, *names))
        return cls(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()))

    def bits(self) -> int:
        """64 fresh bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def fraction(self) -> float:
        """At least 0, below 1."""
        return (self.bits() >> 11) / (1 << 53)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.fraction()

    def integer(self, low: int, high: int) -> int:
        """At least `low`, at most `high`."""
        return low + self.bits() % (high - low + 1)

    def chance(self, probability: float) -> bool:
        return self.fraction() < probability

    def choice(self, values: Sequence[T]) -> T:
        return values[self.bits() % len(values)]

    def uuid(self) -> str:
        """A version 4 UUID."""
        return str(UUID(int=(self.bits() << 64) | self.bits(), version=4))
