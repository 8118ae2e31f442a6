"""Addresses are those that the configuration names, and no other part of an option."""

from noc_tui.console.screens.guests.addresses import list_addresses


def test_containers_and_cloud_init_name_theirs() -> None:
    values = {
        "net0": "name=eth0,bridge=vmbr0,gw=10.0.0.1,ip=10.0.0.5/24,ip6=2001:db8::5/64",
        "ipconfig1": "ip=203.0.113.7/32,gw=203.0.113.1",
        "net1": "virtio=BC:24:11:00:00:01,bridge=vmbr1",
        "ipconfig2": "ip=dhcp,ip6=auto",
        "description": "ip=198.51.100.1",
    }
    assert list(list_addresses(values)) == ["203.0.113.7/32", "10.0.0.5/24", "2001:db8::5/64"]
