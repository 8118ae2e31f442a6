"""Concepts that say more together than each alone, as data (`data/composites.toml`)."""

import tomllib
from functools import cache
from importlib import resources

import msgspec


class Composite(msgspec.Struct, frozen=True):
    """`every` concept is there, one of `some` (if any is named), none of `none`; a cue's name
    begins with `?`.

    `asks` says that the contract leaves such a ticket open, so that the client is asked.
    """

    name: str
    every: frozenset[str] = frozenset()
    some: frozenset[str] = frozenset()
    none: frozenset[str] = frozenset()
    rows: dict[str, float] = {}
    ambiguous: float = 0.0
    asks: bool = False


@cache
def load_composites() -> tuple[Composite, ...]:
    """The composites that come with the product."""
    source = resources.files("noc_tui.contract.annexe2") / "data" / "composites.toml"
    document = tomllib.loads(source.read_text(encoding="utf-8"))["composite"]
    return tuple(
        Composite(
            name=name,
            every=frozenset(entry.get("all", ())),
            some=frozenset(entry.get("any", ())),
            none=frozenset(entry.get("none", ())),
            rows=entry["rows"],
            ambiguous=entry.get("ambiguous", 0.0),
            asks=entry.get("asks", False),
        )
        for name, entry in document.items()
    )


@cache
def open_composites() -> frozenset[str]:
    """The features of the composites that the contract leaves open."""
    return frozenset(f"X|{one.name}" for one in load_composites() if one.asks)
