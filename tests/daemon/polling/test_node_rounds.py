"""What slow looks found is kept with its age; what failed leaves it, and says why."""

from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace

from noc_tui.cluster.errors import PermissionMissing
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.node_questions import NodeFact
from noc_tui.cluster.slow import CephHealth, HaRow, SlowSnapshot
from noc_tui.cluster.snapshot import ClusterSnapshot, NodeSnapshot, SightGap
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.polling.node_rounds import look_at_estate
from storage.estate_facts import ESTATE_FACTS, ESTATE_LOOKS
from tests.support.context import START, made_context

pytestmark = pytest.mark.anyio


class Asked:
    """A gateway whose nodes answer each question with one fact; `refused` may not read updates."""

    def __init__(self) -> None:
        self.questions: list[tuple[str, str]] = []

    async def ask_node(self, node: str, topic: str) -> tuple[NodeFact, ...]:
        self.questions.append((node, topic))
        if topic == "updates":
            raise PermissionMissing("rennes", None, "Sys.Modify on /nodes/pve1", status=403)
        return (NodeFact("one", "ONLINE"),)


def snapshot(*nodes: str, offline: str = "") -> ClusterSnapshot:
    return ClusterSnapshot(
        cluster="rennes", observed_at=START, endpoint="https://pve1", version="9.2.11",
        quorate=True, guests={}, storages={}, pools={}, tasks={},
        nodes={
            name: NodeSnapshot(name, "offline" if name == offline else "online", *(None,) * 8)
            for name in nodes
        },
    )  # fmt: skip


def slow(**parts: Any) -> SlowSnapshot:
    none = dict.fromkeys(
        ("ha_status", "ha_resources", "replication", "backup_jobs", "not_backed_up", "acl",
         "permissions")
    )  # fmt: skip
    return SlowSnapshot(cluster="rennes", observed_at=START, version="9.2.11", **{**none, **parts})


async def round_of(context: Context, found: SlowSnapshot) -> None:
    write = await look_at_estate(context, found)
    async with context.writer.change(itself()) as change:
        await write(change)


async def test_a_node_that_is_off_is_not_asked_and_four_answers_are_kept(tmp_path: Path) -> None:
    gateway = Asked()
    async with made_context(tmp_path, gateways={"rennes": cast(Gateway, gateway)}) as context:
        context.estate.remember(snapshot("pve1", "pve2", "pve3", offline="pve3"))
        for _ in range(3):
            await round_of(context, slow())
        assert len(gateway.questions) == 12
        assert {node for node, _ in gateway.questions} == {"pve1", "pve2"}
        looks = {(row.node, row.topic): row for row in await ESTATE_LOOKS.read(context.writer)}
        assert looks["pve1", "zfs"].seen_at == START
        assert looks["pve1", "updates"].seen_at is None
        assert "Sys.Modify" in looks["pve1", "updates"].error
        facts = [(row.node, row.topic) for row in await ESTATE_FACTS.read(context.writer)]
        assert ("pve1", "zfs") in facts
        assert ("pve1", "updates") not in facts
        context.estate.remember(snapshot("pve1"))
        await round_of(context, slow())
        assert {row.node for row in await ESTATE_FACTS.read(context.writer)} == {"pve1"}


async def test_what_could_not_be_read_leaves_what_was_found(tmp_path: Path) -> None:
    async with made_context(tmp_path, gateways={"rennes": cast(Gateway, Asked())}) as context:
        ill = CephHealth("HEALTH_WARN")
        dead = HaRow(
            "master", "master", node="pve1", status="pve1 (old timestamp - dead?)", timestamp=1
        )
        await round_of(context, slow(ceph=ill, ha_status=(dead,)))
        gap = SightGap("cluster/ceph/status", "it did not answer in time")
        await round_of(context, replace(slow(gaps=(gap,)), observed_at=context.clock.now()))
        facts = {row.topic: row.state for row in await ESTATE_FACTS.read(context.writer)}
        assert facts == {"ceph": "HEALTH_WARN", "crm": "dead"}
        looks = {row.topic: row for row in await ESTATE_LOOKS.read(context.writer)}
        assert (looks["ceph"].seen_at, looks["ceph"].error) == (START, gap.reason)
        await round_of(context, slow(without_ceph=True))
        assert {row.topic for row in await ESTATE_FACTS.read(context.writer)} == {"crm"}
