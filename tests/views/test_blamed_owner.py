"""Whose the addresses and machines of a notice are, from the register and the guests' names."""

from datetime import UTC, datetime

from noc_tui.views.blamed_owner import BlamedOwner, find_owners
from storage.cloud_edges import CloudEdge
from storage.guests import Guest
from storage.register import Tenant
from storage.resources import GuestInside

AT = datetime(2026, 3, 1, tzinfo=UTC)
ACME = Tenant(
    id="acme", name="Acme", email="it@acme.example", contract_start=None, contract_end=None,
    pools=("par1/acme",), users=(), groups=(), guest_users=(),
    endpoints=("https://www.acme.example/", "tcp://203.0.113.4:443"),
    support="none", support_billing="", support_perimeter=(),
)  # fmt: skip


def guest(vmid: int, name: str | None, pool: str | None = "acme") -> Guest:
    return Guest(
        "par1", vmid, "qemu", name, "n1", "running", None, pool, False,
        None, None, None, None, None, None, None, None, None, (), False,
    )  # fmt: skip


def owners(text: str, *named: str) -> tuple[BlamedOwner, ...]:
    edges = [CloudEdge("acme", "vpn", "203.0.113.9", "acme", AT, None)]
    guests = [guest(101, "srv-web"), guest(102, None), guest(103, "srv-free", None)]
    insides = [
        GuestInside(
            "par1", vmid, AT, "l26", "answers", addresses=("10.0.0.5", f"198.51.100.{vmid}")
        )
        for vmid in (101, 103)
    ]
    return find_owners(text, named, [ACME], guests, edges, insides=insides)


def test_an_address_leads_to_the_endpoint_or_edge_that_has_it() -> None:
    assert owners("", "203.0.113.4") == (BlamedOwner("acme", "", "endpoint"),)
    assert owners("", "203.0.113.9") == (BlamedOwner("acme", "", "endpoint"),)
    assert owners("", "203.0.113.44") == ()


def test_an_address_that_a_guest_tells_leads_to_it() -> None:
    assert owners("", "198.51.100.101") == (BlamedOwner("acme", "par1/101", "guest-address"),)
    assert owners("", "198.51.100.103") == ()  # in no tenant's pool


def test_a_link_leads_to_the_tenant_of_its_domain() -> None:
    assert owners("", "http://login.acme.example/x") == (BlamedOwner("acme", "", "mail-domain"),)
    assert owners("", "http://notacme.example/x") == ()


def test_a_guest_is_found_by_its_name_and_by_its_number() -> None:
    assert owners("scan from SRV-WEB") == (BlamedOwner("acme", "par1/101", "guest-name"),)
    assert owners("la VM 102 envoie du spam") == (BlamedOwner("acme", "par1/102", "guest-number"),)
    assert owners("srv-website, srv-free, 102") == ()
