"""Addresses are those that the configuration names, and no other part of an option."""

from noc_tui.guest_addresses import keep_reachable, list_addresses


def test_containers_and_cloud_init_name_theirs() -> None:
    values = {
        "net0": "name=eth0,bridge=vmbr0,gw=10.0.0.1,ip=10.0.0.5/24,ip6=2001:db8::5/64",
        "ipconfig1": "ip=203.0.113.7/32,gw=203.0.113.1",
        "net1": "virtio=BC:24:11:00:00:01,bridge=vmbr1",
        "ipconfig2": "ip=dhcp,ip6=auto",
        "description": "ip=198.51.100.1",
    }
    assert list(list_addresses(values)) == ["203.0.113.7/32", "10.0.0.5/24", "2001:db8::5/64"]


def test_what_leads_nowhere_is_left_out_and_prefixes_are() -> None:
    told = ("127.0.0.1/8", "203.0.113.7/32", "203.0.113.7", "fe80::1", "2001:db8::5/64", "dhcp")
    assert keep_reachable(told) == ("203.0.113.7", "2001:db8::5")
