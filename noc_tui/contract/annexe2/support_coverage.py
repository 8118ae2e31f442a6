"""Decides whether the tenant's support contract covers a ticket (R25)."""

from collections.abc import Collection

from noc_tui.contract.annexe2.answer import ScopeVerdict
from noc_tui.contract.annexe2.infogerance import (
    Billing,
    Coverage,
    Layer,
    SupportContract,
    coverage,
)
from noc_tui.contract.terms import Terms

_LAYERS: tuple[Layer, ...] = ("os", "services", "databases", "applications", "data")


def contract_of(kind: str, billing: str, perimeter: Collection[str]) -> SupportContract:
    """Return a tenant's support contract from the register's values; empty values are unknown."""
    known = frozenset(layer for layer in _LAYERS if layer in perimeter)
    if kind not in ("infogerance", "assistance"):
        return SupportContract("none")
    terms: Billing | None = (
        "flat" if billing == "flat" else "hourly" if billing == "hourly" else None
    )
    return SupportContract("infogerance" if kind == "infogerance" else "assistance", terms, known)


def judge_coverage(
    terms: Terms, verdict: ScopeVerdict, row: str, contract: SupportContract | None
) -> Coverage:
    """Return what level-2 infogérance adds to a verdict; an ambiguous verdict is `unsettled`."""
    if verdict is ScopeVerdict.ambiguous or not row:
        return "unsettled"
    if verdict is not ScopeVerdict.out_of_scope:
        return "n/a"
    return coverage(row, terms.row(row).infogerance, contract)
