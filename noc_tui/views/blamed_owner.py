"""Whose the addresses, links and machines are that a notice or an order names."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from noc_tui.contract.intake.facts import host_of
from storage.cloud_edges import CloudEdge
from storage.guests import Guest
from storage.register import Tenant
from storage.resources import GuestInside

How = Literal["endpoint", "guest-address", "guest-name", "guest-number", "mail-domain"]
_VMID = re.compile(r"(?i)\b(?:vm|vmid|ct|guest|machine)[ #n°:]{1,3}(\d{3,9})\b")
_LEAST_NAME = 4


@dataclass(frozen=True, slots=True)
class BlamedOwner:
    """A tenant, the guest (`cluster/vmid`) where one is named, and by what it was found."""

    tenant: str
    guest: str
    how: How


def find_owners(
    text: str,
    named: Sequence[str],
    tenants: Sequence[Tenant],
    guests: Iterable[Guest],
    edges: Iterable[CloudEdge],
    *,
    insides: Iterable[GuestInside] = (),
) -> tuple[BlamedOwner, ...]:
    """Return who may be meant, each once: `named` are the addresses and links that are blamed,
    `insides` tell the addresses of guests.
    """
    guests = list(guests)
    hosts = {host_of(one) for one in named} - {""}
    pools = {pool: tenant.id for tenant in tenants for pool in tenant.pools}
    found = [
        *_by_endpoint(hosts, tenants, edges),
        *_by_address(hosts, guests, pools, insides),
        *_by_guest(text, hosts, guests, pools),
        *_by_mail(hosts, tenants),
    ]
    return tuple(dict.fromkeys(found))


def _by_endpoint(
    hosts: set[str], tenants: Iterable[Tenant], edges: Iterable[CloudEdge]
) -> Iterator[BlamedOwner]:
    for tenant in tenants:
        if any(host_of(endpoint) in hosts for endpoint in tenant.endpoints):
            yield BlamedOwner(tenant.id, "", "endpoint")
    for edge in edges:
        if edge.ended_at is None and host_of(edge.target) in hosts:
            yield BlamedOwner(edge.tenant, "", "endpoint")


def _by_address(
    hosts: set[str],
    guests: Iterable[Guest],
    pools: Mapping[str, str],
    insides: Iterable[GuestInside],
) -> Iterator[BlamedOwner]:
    blamed = {(one.cluster, one.vmid) for one in insides if hosts & set(one.addresses)}
    for guest in guests:
        tenant = pools.get(f"{guest.cluster}/{guest.pool}", "")
        if tenant and (guest.cluster, guest.vmid) in blamed:
            yield BlamedOwner(tenant, f"{guest.cluster}/{guest.vmid}", "guest-address")


def _by_guest(
    text: str, hosts: set[str], guests: Iterable[Guest], pools: Mapping[str, str]
) -> Iterator[BlamedOwner]:
    words = set(re.findall(r"[\w-]+(?:\.[\w-]+)*", text.lower())) | hosts
    numbers = {int(number) for number in _VMID.findall(text)}
    for guest in guests:
        tenant = pools.get(f"{guest.cluster}/{guest.pool}", "")
        if not tenant:
            continue
        name = (guest.name or "").lower()
        if len(name) >= _LEAST_NAME and name in words:
            yield BlamedOwner(tenant, f"{guest.cluster}/{guest.vmid}", "guest-name")
        elif guest.vmid in numbers:
            yield BlamedOwner(tenant, f"{guest.cluster}/{guest.vmid}", "guest-number")


def _by_mail(hosts: set[str], tenants: Iterable[Tenant]) -> Iterator[BlamedOwner]:
    for tenant in tenants:
        domain = tenant.email.rpartition("@")[2].lower()
        if domain and any(host == domain or host.endswith(f".{domain}") for host in hosts):
            yield BlamedOwner(tenant.id, "", "mail-domain")
