"""The last word on a ticket: the row's verdict seen through the tenant's support contract (R25)."""

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
    """A tenant's contract from the register's words; empty words are unknown."""
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
    """What level-2 infogérance makes of a verdict; an open question leaves it unsettled."""
    if verdict is ScopeVerdict.ambiguous or not row:
        return "unsettled"
    if verdict is not ScopeVerdict.out_of_scope:
        return "n/a"
    return coverage(row, terms.row(row).infogerance, contract)
