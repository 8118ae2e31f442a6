"""The tenant register of the simulated estate, in the TOML form that the product reads."""

import json
import math
from collections.abc import Callable, Iterator

from noc_tui.simulator.estate.tenants import Tenant
from noc_tui.simulator.model.guest import GIB, Guest
from noc_tui.simulator.world import World

_SUPPORT = {
    "none": ("none", "", ()),
    "infogerance-flat": ("infogerance", "flat", ("os", "services", "databases")),
    "infogerance-hourly": ("infogerance", "hourly", ("os", "services", "applications")),
    "assistance-hourly": ("assistance", "hourly", ("applications", "data")),
}


def register_toml(world: World, endpoints_of: Callable[[Tenant], tuple[str, ...]]) -> str:
    """`[[tenant]]` tables for every client; `endpoints_of` are its public endpoints."""
    blocks = ["\n".join(_lines(world, tenant, endpoints_of(tenant))) for tenant in world.tenants]
    return "\n\n".join(blocks) + "\n"


def _lines(world: World, tenant: Tenant, urls: tuple[str, ...]) -> Iterator[str]:
    users = _list(tenant.users)
    groups = _list((tenant.group,) if tenant.group else ())
    people = tuple(
        f"{user.partition('.')[0]}@{tenant.slug}.example.fr" for user in tenant.guest_users
    )
    kind, billing, perimeter = _SUPPORT[tenant.support]
    yield "[[tenant]]"
    yield f"id = {_text(tenant.slug)}"
    yield f"name = {_text(tenant.name)}"
    yield f"email = {_text(tenant.email)}"
    if tenant.postal_address:
        yield f"postal_address = {_text(tenant.postal_address)}"
    yield f"pools = {_list((tenant.pool,))}"
    yield f"contract_start = {tenant.contract_start.isoformat()}"
    yield f"proxmox_users = {users}"
    yield f"proxmox_groups = {groups}"
    yield f"guest_users = {_list(people)}"
    yield f"endpoints = {_list(urls)}"
    yield "[[tenant.amount]]"
    yield f"from = {tenant.contract_start.isoformat()}"
    yield f"monthly = {tenant.amount}"
    yield "[tenant.support]"
    yield f"kind = {_text(kind)}"
    if billing:
        yield f"billing = {_text(billing)}"
        yield f"perimeter = {_list(perimeter)}"
    yield "[tenant.quotas]"
    for name, limit in _quotas(guests_of(world, tenant), tenant.quota_margin).items():
        yield f"{name} = {limit}"


def guests_of(world: World, tenant: Tenant) -> list[Guest]:
    """The client's guests on all clusters."""
    return [
        guest for name in tenant.clusters for guest in world.clusters[name].guests_in(tenant.pool)
    ]


def _quotas(guests: list[Guest], margin: float) -> dict[str, int]:
    used = {
        "vcpus": sum(guest.cores for guest in guests),
        "memory_gib": sum(guest.memory for guest in guests) / GIB,
        "disk_gib": sum(guest.disk for guest in guests) / GIB,
        "guests": len(guests),
    }
    return {name: max(1, math.ceil(amount * margin)) for name, amount in used.items()}


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _list(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"
