"""What an answer usually says agrees with the measures of the plan."""

import pytest
from msgspec.structs import replace

from noc_tui.letters.proposals import propose_answer
from tests.support.cases import TERMS, filled


@pytest.mark.parametrize(
    ("means", "proposed"),
    [
        (("vm_public_ip_off",), "inchangé par la console de la plateforme"),
        (("vm_block_smtp_out",), "inchangé, seul le trafic"),
        (("barrier", "vm_public_ip_off"), "par la console supervisée"),
        (("vm_stop",), "par la console supervisée"),
    ],
)
def test_the_way_to_the_data_is_what_the_measures_leave(
    means: tuple[str, ...], proposed: str
) -> None:
    case = filled()
    case = replace(case, plan=replace(case.plan, means=means))
    assert proposed in propose_answer(case, "data_access", TERMS)
