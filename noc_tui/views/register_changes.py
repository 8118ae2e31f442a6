"""What a register says otherwise than the stored one, for whoever is to import it. Pure.

Fields are named as the columns of a register's file are, and values written as they are there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from storage.register import Tenant, TenantAmount, TenantPool, TenantQuota

Rows = Mapping[str, Sequence[msgspec.Struct]]
"""All rows of a register about each tenant."""
GIB = 1 << 30
_COLUMNS = {"users": "proxmox_users", "groups": "proxmox_groups", "support": "support_kind"}
_APART = ("id", "pools", "negotiated")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a tenant that both registers have; empty text where nothing is given."""

    tenant: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RegisterChanges:
    """The tenants (id, name) that come and go, and the fields that change of the others."""

    added: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]
    changed: tuple[FieldChange, ...]


def list_register_changes(before: Rows, after: Rows) -> RegisterChanges:
    """Return the changes in the order of the tenants' ids."""
    was, will = _tenants(before), _tenants(after)
    changed = [
        FieldChange(tenant, field, old[field], new[field])
        for tenant in sorted(was.keys() & will.keys())
        for old, new in [(_fields(before[tenant]), _fields(after[tenant]))]
        for field in new
        if old[field] != new[field]
    ]
    return RegisterChanges(
        added=tuple((one, will[one]) for one in sorted(will.keys() - was.keys())),
        removed=tuple((one, was[one]) for one in sorted(was.keys() - will.keys())),
        changed=tuple(changed),
    )


def _tenants(rows: Rows) -> dict[str, str]:
    """The names by id; of who left, rows of pools and amounts may be there without a tenant."""
    return {one.id: one.name for found in rows.values() for one in found if isinstance(one, Tenant)}


def _fields(rows: Sequence[msgspec.Struct]) -> dict[str, str]:
    """The columns of one tenant; every one of them, so that two readings can be compared."""
    found: dict[str, str] = {}
    amounts: list[str] = []
    pools: list[str] = []
    quota = TenantQuota("", None, None, None, None)
    for row in rows:
        match row:
            case Tenant():
                found |= _tenant_fields(row)
            case TenantAmount():
                amounts.append(f"{row.valid_from.isoformat()}={row.amount:.2f}")
            case TenantPool(valid_until=None):
                pools.append(f"{row.cluster}:{row.pool}")
            case TenantQuota():
                quota = row
    return {
        **found,
        "pools": ", ".join(sorted(pools)),
        "amounts": " | ".join(sorted(amounts)),
        "quota_vcpus": _text(quota.vcpus),
        "quota_memory_gib": _gib(quota.memory),
        "quota_disk_gib": _gib(quota.disk),
        "quota_guests": _text(quota.guests),
    }


def _tenant_fields(row: Tenant) -> dict[str, str]:
    plain = {
        _COLUMNS.get(name, name): _text(getattr(row, name))
        for name in row.__struct_fields__
        if name not in _APART
    }
    return {**plain, "contract": "negotiated" if row.negotiated else "adhesion"}


def _gib(size: int | None) -> str:
    return "" if size is None else f"{size / GIB:g}"


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
