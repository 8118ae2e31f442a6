"""Reads the months of tenants against the promises of annexe 2."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from noc_tui.config.values import PromisesConfig
from noc_tui.contract.calendar import Month
from noc_tui.views.backup_promises import restore_tests_due
from noc_tui.views.licences import judge_licences
from noc_tui.views.promise_sheet import (
    PresentPromises,
    PromiseSheet,
    list_edges,
    write_backup_sheet,
    write_licence_sheet,
    write_resource_sheet,
)
from storage import backup_nights, cloud_edges, licences, register, resources
from storage.connection import Readable


class _OfTenant(Protocol):
    @property
    def tenant(self) -> str: ...


R = TypeVar("R", bound=_OfTenant)


async def read_promise_sheets(
    db: Readable, config: PromisesConfig, month: Month, now: datetime, tenant: str | None = None
) -> list[PromiseSheet]:
    """Return the month of one tenant, or of all, in the order of their ids; who is not in the
    register is left out.
    """
    tenants = await register.tenants(db, None if tenant is None else {tenant})
    since = await backup_nights.first_seen(db)
    tests = await backup_nights.RESTORE_TESTS.read(db)
    systems = await licences.guest_systems(db, tenant)
    due = restore_tests_due(
        {name: since[name] for name in since.keys() & {one.tenant for one in systems}},
        tests,
        config.restore_test_days,
    )
    nights = by_tenant(
        await backup_nights.nights_between(db, month.first_day, month.last_day, tenant)
    )
    tests_of = by_tenant(tests)
    watched = by_tenant(await resources.watched_month(db, str(month), tenant))
    audits = by_tenant(await licences.audits_of(db, tenant))
    inventories = judge_licences(
        [one.id for one in tenants],
        systems,
        await licences.LICENCES.read(db),
        now,
    )
    return [
        PromiseSheet(
            tenant=one.id,
            name=one.name,
            month=str(month),
            until=now,
            backups=write_backup_sheet(
                month,
                now,
                since.get(one.id),
                nights.get(one.id, ()),
                tests_of.get(one.id, ()),
                next_test=due.get(one.id),
            ),
            resources=write_resource_sheet(month, now, since.get(one.id), watched.get(one.id, ())),
            licences=write_licence_sheet(month, inventory, audits.get(one.id, ())),
            edges=list_edges(watched.get(one.id, ())),
        )
        for one, inventory in zip(tenants, inventories, strict=True)
    ]


async def read_present_promises(db: Readable, tenant: str) -> PresentPromises:
    """What was last seen of one tenant's guests and endpoints."""
    own = {(one.cluster, one.vmid) for one in await licences.guest_systems(db, tenant)}
    insides = await resources.GUEST_INSIDES.read(db)
    return PresentPromises(
        tenant,
        tuple(one for one in await resources.GUEST_STRAINS.read(db) if one.tenant == tenant),
        tuple(one for one in await cloud_edges.EDGE_STATES.read(db) if one.tenant == tenant),
        tuple(one for one in insides if (one.cluster, one.vmid) in own),
    )


def by_tenant(rows: Iterable[R]) -> Mapping[str, Sequence[R]]:
    """Rows by their tenant, in the order they come."""
    found: dict[str, list[R]] = defaultdict(list)
    for row in rows:
        found[row.tenant].append(row)
    return found
