"""Public is what no private network holds, in texts that the firewall's API takes."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.public_networks import PRIVATE, is_public, list_public

OWN = ("203.0.113.16/28", "2001:db8:7::/48")


@given(st.ip_addresses())
def test_an_address_is_public_or_private_and_never_both(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    private = (*PRIVATE, *OWN)
    held = any(address in ipaddress.ip_network(text) for text in private)
    local = address.is_multicast or address.is_loopback or int(address) >> 24 == 0
    if held:
        assert not is_public(str(address), private)
    elif address.version == 4 and int(address) < 0xE0000000 and not local:
        assert is_public(str(address), private)


@pytest.mark.parametrize("address", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2a00::1", "11.0.0.0"])
def test_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "224.0.0.18", "255.255.255.255", "fd00::1", "fe80::1", "ff02::1"]
)
def test_the_private_network_and_its_broadcasts_are_not(address: str) -> None:
    assert not is_public(address)


def test_the_hosters_own_networks_go_on() -> None:
    assert not is_public("203.0.113.17", (*PRIVATE, *OWN))
    assert is_public("203.0.113.32", (*PRIVATE, *OWN))


@given(st.lists(st.ip_addresses(v=4).map(lambda one: f"{one}/32"), max_size=20))
def test_no_text_is_longer_than_the_server_takes_nor_mixes_versions(own: list[str]) -> None:
    for text in list_public((*PRIVATE, *own)):
        assert 0 < len(text) <= 512
        assert len({":" in network for network in text.split(",")}) == 1


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="host bits"):
        list_public(("10.0.0.1/8",))
