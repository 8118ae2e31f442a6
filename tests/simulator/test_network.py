"""The simulated firewall decides as the real one: levels, order, policies, addresses."""

import pytest

from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import Guest
from noc_tui.simulator.network import INTERNET, LAN, Packet, passes
from noc_tui.simulator.services import serves
from tests.cluster.actions.conftest import Lab, lab, options

__all__ = ["lab", "options"]

pytestmark = pytest.mark.anyio
WEB, MAIL = Packet("in"), Packet("out", INTERNET, "tcp", 25)
DROP: dict[str, str | int] = {"type": "in", "action": "DROP", "enable": 1}


@pytest.fixture
async def there(lab: Lab) -> tuple[Cluster, Guest]:
    """A running guest under a firewall that is on at every level, its policies as by default."""
    guest = lab.guest()
    guest.firewall = {"enable": 1}
    return lab.cluster, guest


async def test_unset_policies_drop_what_comes_in_and_let_out(there: tuple[Cluster, Guest]) -> None:
    cluster, guest = there
    assert not passes(cluster, guest, WEB)
    assert not serves(cluster, guest)
    assert passes(cluster, guest, MAIL)


async def test_each_level_that_is_off_turns_the_whole_off(there: tuple[Cluster, Guest]) -> None:
    cluster, guest = there
    cluster.firewall["enable"] = 0
    assert passes(cluster, guest, WEB)
    cluster.firewall["enable"] = 1
    guest.firewall["enable"] = 0
    assert passes(cluster, guest, WEB)
    guest.firewall["enable"] = 1
    guest.config["net0"] = str(guest.config["net0"]).replace("firewall=1", "firewall=0")
    assert passes(cluster, guest, WEB)


async def test_the_first_rule_that_matches_decides(there: tuple[Cluster, Guest]) -> None:
    cluster, guest = there
    accept: dict[str, str | int] = {**DROP, "action": "ACCEPT", "proto": "tcp", "dport": "79:81"}
    guest.rules = [accept, DROP]
    assert passes(cluster, guest, WEB)
    guest.rules = [DROP, accept]
    assert not passes(cluster, guest, WEB)
    guest.rules = [{**DROP, "enable": 0}, accept]
    assert passes(cluster, guest, WEB)
    guest.rules = [{**DROP, "iface": "net7"}, accept]
    assert passes(cluster, guest, WEB)


async def test_a_rule_names_the_other_side(there: tuple[Cluster, Guest]) -> None:
    cluster, guest = there
    guest.firewall["policy_in"] = "ACCEPT"
    for source in ("203.0.113.0/24,198.51.100.0/24", "203.0.113.1-203.0.113.99"):
        guest.rules = [{**DROP, "source": source}]
        assert not passes(cluster, guest, WEB)
        assert passes(cluster, guest, Packet("in", LAN))


async def test_what_is_open_goes_on_and_a_guest_that_is_off_hears_nothing(
    there: tuple[Cluster, Guest],
) -> None:
    cluster, guest = there
    assert passes(cluster, guest, Packet("in", established=True))
    guest.end(0.0)
    assert not passes(cluster, guest, Packet("in", established=True))
