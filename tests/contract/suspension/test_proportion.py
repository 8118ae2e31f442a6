"""The mildest effective measure (R17): what goes further is justified, against every means."""

import pytest
from msgspec.structs import replace

from noc_tui.contract.suspension.proportion import skips_milder
from noc_tui.contract.suspension.values import Case, Tick
from tests.support.cases import PROOF, TERMS, filled


def planned(ground: str, *means: str, tick: str = "") -> Case:
    case = filled(ground)
    ticks = (Tick(target=tick, evidence=PROOF),) if tick else ()
    return replace(case, plan=replace(case.plan, means=means), ticks=ticks)


@pytest.mark.parametrize(
    "ground", ["contract-breach", "art-5-1-breach", "emergency", "attack", "service-threat"]
)
def test_whatever_goes_beyond_a_filter_is_justified(ground: str) -> None:
    """Where a ground's own list begins is no measure of what would be enough."""
    assert skips_milder(planned(ground, "vm_cut_network"), TERMS)
    assert skips_milder(planned(ground, "vm_public_ip_off"), TERMS)
    assert not skips_milder(planned(ground, "port_filter"), TERMS)
    assert not skips_milder(planned(ground, "barrier", "vm_block_smtp_out"), TERMS)


def test_the_harshest_means_is_the_one_to_justify() -> None:
    assert skips_milder(planned("charte-breach", "vm_block_smtp_out", "vm_stop"), TERMS)


def test_a_right_that_names_its_means_needs_no_reason_for_it() -> None:
    assert not skips_milder(planned("service-threat", "vm_internet_cut", tick="C8"), TERMS)
    assert skips_milder(planned("service-threat", "vm_cut_network", tick="C8"), TERMS)
    assert not skips_milder(planned("service-threat", "vm_cut_network", tick="C1"), TERMS)
    assert skips_milder(planned("service-threat", "vm_cut_network", "vm_stop", tick="C1"), TERMS)


def test_work_and_a_debt_weigh_no_means() -> None:
    assert not skips_milder(planned("maintenance", "vm_stop"), TERMS)
    assert not skips_milder(planned("late-payment", "vm_cut_network"), TERMS)
