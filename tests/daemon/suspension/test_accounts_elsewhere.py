"""A tenant on two clusters, whose accounts are in one of them only."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui.cluster.connection_config import ApiToken, ClusterAccess
from noc_tui.cluster.gateway import Gateway
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.suspension.preview import preview_case
from noc_tui.daemon.suspension.service import build as build_suspensions
from noc_tui.simulator.model.cluster import Cluster
from storage import suspension as stored
from storage.evidence import Query, search
from storage.register import TENANTS
from tests.daemon.suspension.lab import CLUSTER, Lab
from tests.support.changes import recorded

pytestmark = pytest.mark.anyio
NOTHING = "there is nothing to bar here"


@pytest.fixture
async def both(lab: Lab) -> AsyncIterator[Cluster]:
    """The other cluster, where the tenant has a guest and no account, watched as the first is."""
    (end,) = (one for one in lab.simulator.clusters if one.name != CLUSTER)
    token, action = ApiToken.parse(end.token), ApiToken.parse(end.action_token)
    access = ClusterAccess(end.name, end.urls, token, action, ca_file=Path(end.ca_file))
    gateway = Gateway(access, lab.context.clock)
    other = lab.simulator.world.clusters[end.name]
    tenant = await TENANTS.get(lab.context.writer, "acme")
    assert tenant is not None
    pool = next(one.pool for one in other.guests.values() if one.running and one.pool)
    async with recorded(lab.context.writer) as change:
        await change.put(TENANTS, [replace(tenant, pools=(*tenant.pools, f"{end.name}/{pool}"))])
    for user in tenant.users:
        other.access.users.pop(user, None)
    await lab.stop()
    lab.context = dataclasses.replace(
        lab.context, gateways={**lab.context.gateways, end.name: gateway}
    )
    snapshot = await gateway.fast_poll()
    lab.context.estate.remember(snapshot)
    await lab.remember(snapshot)
    lab.part = build_suspensions(lab.context)
    await lab.start()
    yield other
    await gateway.close()


def in_cluster(case: Case, other: Cluster) -> list[int]:
    return [row.ref.vmid for row in case.plan.guests if row.ref.cluster == other.name]


async def test_they_are_barred_where_they_are_and_the_rest_is_on_record(
    lab: Lab, both: Cluster
) -> None:
    case = await lab.draft("service-threat")
    assert case.plan.barrier
    here = [row.ref.vmid for row in case.plan.guests if row.ref.cluster == CLUSTER]
    there = in_cluster(case, both)
    assert here
    assert there
    seen = await preview_case(case, lab.part.measures)
    assert str(seen).count(NOTHING) == len(there) * len(case.plan.barrier)
    case = await lab.state(await lab.ordered(case), "suspended")
    assert all("NoAccess" in str(lab.cluster.access.acl[f"/vms/{vmid}"]) for vmid in here)
    assert not any("NoAccess" in str(both.access.acl.get(f"/vms/{vmid}")) for vmid in there)
    assert all("link_down=1" in str(both.guests[vmid].config["net0"]) for vmid in there)
    rows = await stored.guests_of(lab.context.writer, case.id)
    noted = {row.vmid for row in rows if NOTHING in row.detail}
    assert noted == set(there)
    kept = await search(
        lab.context.writer, Query(subject=f"suspension:{case.id}", text=NOTHING, limit=500)
    )
    assert {vmid for vmid in there if f"guest:{both.name}/{vmid}" in str(kept)} == set(there)
    closed = await lab.restored(case)
    assert closed.state == "closed"


async def test_a_list_that_is_not_shown_whole_proves_nothing(lab: Lab, both: Cluster) -> None:
    gateway = lab.context.gateways[both.name]
    assert await gateway.principals() is not None
    for token in [one for one in both.access.tokens if one.endswith("!read")]:
        both.access.grant("/access/groups", "token", token, "NoAccess", False)
    assert await gateway.principals() is None
    case = await lab.draft("service-threat")
    assert await lab.part.measures.absent(case, both.name) == ()
