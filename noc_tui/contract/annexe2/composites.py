"""Concepts that say more together than each alone, as data (`data/composites.toml`)."""

import tomllib
from functools import cache
from importlib import resources

import msgspec


class Composite(msgspec.Struct, frozen=True):
    """`every` concept is there, one of `some` (if any is named), none of `none`."""

    name: str
    every: frozenset[str] = frozenset()
    some: frozenset[str] = frozenset()
    none: frozenset[str] = frozenset()
    rows: dict[str, float] = {}
    ambiguous: float = 0.0


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
        )
        for name, entry in document.items()
    )
