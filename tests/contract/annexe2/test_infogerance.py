"""R25, R26: what a level-2 contract makes of a row, and what it leaves open."""

import pytest

from noc_tui.contract.annexe2.answer import ScopeVerdict
from noc_tui.contract.annexe2.infogerance import LAYERS, SupportContract, coverage
from noc_tui.contract.annexe2.support_coverage import contract_of, judge_coverage
from noc_tui.contract.terms import load_terms

TERMS = load_terms()
EVERYTHING = frozenset({"os", "services", "databases", "applications", "data"})
FLAT = contract_of("infogerance", "flat", EVERYTHING)
HOURLY = contract_of("assistance", "hourly", EVERYTHING)


def ask(row: str, contract: SupportContract | None) -> str:
    return judge_coverage(TERMS, ScopeVerdict(TERMS.row(row).verdict), row, contract)


def test_flat_rate_covers_and_hourly_bills() -> None:
    assert ask("gestion-os-vm", FLAT) == "covered"
    assert ask("gestion-os-vm", HOURLY) == "billed"


def test_a_layer_outside_the_perimeter_is_not_covered() -> None:
    only_os = contract_of("infogerance", "flat", {"os"})
    assert ask("gestion-os-vm", only_os) == "covered"
    assert ask("couche-bdd", only_os) == "not_covered"
    assert ask("gestion-applications-bdd", contract_of("infogerance", "flat", {"databases"})) == (
        "covered"
    )


@pytest.mark.parametrize(
    "row",
    ["supervision-services-specifiques", "vpn-cote-client", "antivirus", "restauration-sauvegarde"],
)
def test_supervision_client_vpn_antivirus_and_restores_are_unsettled(row: str) -> None:
    assert ask(row, FLAT) == "unsettled"


def test_licences_are_never_covered() -> None:
    assert ask("licences-applicatives-bdd", FLAT) == "not_covered"


def test_without_support_contract_nothing_is_covered() -> None:
    none = contract_of("none", "", ())
    assert ask("gestion-os-vm", none) == "not_covered"
    assert ask("restauration-sauvegarde", none) == "not_covered"


def test_what_is_unknown_of_a_contract_is_not_guessed() -> None:
    assert ask("gestion-os-vm", contract_of("infogerance", "", {"os"})) == "unsettled"
    assert ask("gestion-os-vm", contract_of("infogerance", "flat", ())) == "unsettled"


def test_in_scope_and_other_matters_need_no_support_contract() -> None:
    assert ask("firewall-cloud", FLAT) == "n/a"
    assert ask("art-07-paiement", FLAT) == "n/a"
    assert judge_coverage(TERMS, ScopeVerdict.ambiguous, "hyperviseurs", FLAT) == "unsettled"


def test_every_covered_row_of_the_terms_names_its_layers() -> None:
    covered = {row.id for row in TERMS.annexe2 if row.infogerance == "covered"}
    assert covered == set(LAYERS)
    assert coverage("couche-os", "covered", None) == "covered"
