"""Decides whether the tenant's level-2 contract covers a row that hosting does not (R25, R26)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Coverage = Literal["n/a", "covered", "billed", "not_covered", "unsettled"]
Billing = Literal["flat", "hourly"]
Layer = Literal["os", "services", "databases", "applications", "data"]

# The client's layers a row stands for; a row not listed names none.
LAYERS: Mapping[str, frozenset[Layer]] = {
    "gestion-os-vm": frozenset({"os"}),
    "couche-os": frozenset({"os"}),
    "couche-services": frozenset({"services"}),
    "mco-session-rds": frozenset({"services"}),
    "couche-bdd": frozenset({"databases"}),
    "gestion-applications-bdd": frozenset({"applications", "databases"}),
    "couche-applications": frozenset({"applications"}),
    "applicatifs-metiers-bureautique": frozenset({"applications"}),
    "couche-donnees": frozenset({"data"}),
}


@dataclass(frozen=True, slots=True)
class SupportContract:
    """A tenant's level-2 contract. `billing` is None and `perimeter` empty where unknown."""

    kind: Literal["none", "infogerance", "assistance"]
    billing: Billing | None = None
    perimeter: frozenset[Layer] = frozenset()


def coverage(row: str, by_terms: str, contract: SupportContract | None) -> Coverage:
    """Return how the row stands with that contract; `by_terms` is the terms file's own word for
    it.

    Without a known contract the terms' word stands: what a contract would do. What is not known
    of the contract (its billing, its perimeter) leaves the answer unsettled, never guessed.
    """
    if by_terms not in ("covered", "unsettled") or contract is None:
        return _known(by_terms)
    if contract.kind == "none":
        return "not_covered"
    if by_terms == "unsettled" or not contract.perimeter or contract.billing is None:
        return "unsettled"
    if not _within(LAYERS.get(row, frozenset()), contract.perimeter):
        return "not_covered"
    return "covered" if contract.billing == "flat" else "billed"


def _within(layers: Iterable[Layer], perimeter: frozenset[Layer]) -> bool:
    return not perimeter.isdisjoint(layers)


def _known(word: str) -> Coverage:
    known: dict[str, Coverage] = {
        "n/a": "n/a",
        "covered": "covered",
        "not_covered": "not_covered",
        "unsettled": "unsettled",
    }
    return known[word]
