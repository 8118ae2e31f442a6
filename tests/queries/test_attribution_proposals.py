"""What the records propose about an outage, where it was a storage that was lost (R14)."""

import pytest

from noc_tui.cluster.snapshot import StorageSnapshot
from noc_tui.contract.attribution import Party, Proposal
from noc_tui.daemon.core.identity import itself
from noc_tui.queries.attribution_proposals import proposals
from storage.database import Writer
from storage.inventory import STORAGES
from storage.inventory import Storage as Stored
from storage.outages import OUTAGES
from tests.support.played_estate import Estate, guest

pytestmark = pytest.mark.anyio


def lost(
    name: str, node: str | None, *, content: str = "images", missing_on: tuple[str, ...] = ()
) -> StorageSnapshot:
    return StorageSnapshot(
        key=name if node is None else f"{node}/{name}",
        name=name,
        node=node,
        shared=node is None,
        kind="rbd",
        status="unknown" if node else "available",
        content=(content,),
        nodes=(),
        missing_on=(node,) if node else missing_on,
        used=None,
        total=None,
    )


async def outage_under(estate: Estate, writer: Writer, storage: StorageSnapshot) -> Proposal:
    """Zeta's one machine, on pve1, is out while a storage is lost; the strongest proposal."""
    row = Stored(
        "rennes", storage.name, storage.node or "", "rbd", storage.status, storage.shared,
        storage.content, storage.missing_on, None, None,
    )  # fmt: skip
    async with writer.change(itself()) as change:
        await change.put(STORAGES, [row])
    await estate.poll(2)
    estate.storages[storage.key] = storage
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(3)
    (outage,) = await OUTAGES.read(writer)
    return (await proposals(writer, outage))[0]


@pytest.mark.parametrize(
    "storage",
    [lost("local", "pve1"), lost("ceph", None, missing_on=("pve1", "pve2"))],
)
async def test_a_storage_that_its_node_lost_is_named_as_a_supposition(
    estate: Estate, writer: Writer, storage: StorageSnapshot
) -> None:
    proposed = await outage_under(estate, writer, storage)
    assert (proposed.party, proposed.caveat) == (Party.HOSTER, "disks_unknown")
    assert proposed.evidence == (f"storage:rennes/{storage.key} down",)


@pytest.mark.parametrize(
    "storage",
    [
        lost("local", "pve2"),
        lost("ceph", None, missing_on=("pve2",)),
        lost("iso", None, content="iso", missing_on=("pve1",)),
    ],
)
async def test_a_storage_elsewhere_or_without_disks_explains_nothing(
    estate: Estate, writer: Writer, storage: StorageSnapshot
) -> None:
    assert (await outage_under(estate, writer, storage)).caveat == "no_evidence"
