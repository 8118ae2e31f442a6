"""Guests are asked in turn, whatever some of them answer."""

from dataclasses import replace
from typing import cast

import pytest

from noc_tui.clock import SteppedClock
from noc_tui.cluster import errors
from noc_tui.cluster.answers import ConfigAnswer
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.guest_inside import AgentAddress, AgentInterface, FileSystem
from noc_tui.cluster.ids import GuestPlace
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.promises.inside_rounds import MOST_FAILURES, InsideRounds
from tests.daemon.promises.conftest import Post
from tests.daemon.promises.test_resource_watch import snapshot
from tests.support.context import START
from tests.support.played_estate import guest

pytestmark = pytest.mark.anyio
ROOT = FileSystem(mountpoint="/", type="ext4", used_bytes=40, total_bytes=100)


class Cluster:
    """A gateway whose silent nodes answer nothing; the agents of `mute` guests are off."""

    name = "rennes"

    def __init__(self) -> None:
        self.silent: set[str] = set()
        self.mute: set[int] = set()
        self.old: set[int] = set()

    async def guest_config(self, place: GuestPlace) -> ConfigAnswer:
        if place.node in self.silent:
            raise errors.NodeUnreachable(self.name, None, "595 No route to host")
        return ConfigAnswer(
            {"ostype": "win11", "agent": "1", "ipconfig0": "ip=203.0.113.9/32"}, None
        )

    async def guest_file_systems(self, place: GuestPlace) -> tuple[FileSystem, ...]:
        if place.vmid in self.mute:
            raise errors.RequestRefused(self.name, None, "QEMU guest agent is not running")
        return (ROOT,)

    async def guest_interfaces(self, place: GuestPlace) -> tuple[AgentInterface, ...]:
        if place.vmid in self.old:
            raise errors.RequestRefused(self.name, None, "command not supported")
        return (
            AgentInterface("lo", "", (AgentAddress("127.0.0.1", 8),)),
            AgentInterface("eth0", "", (AgentAddress(f"10.0.0.{place.vmid}", 24),)),
        )


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@pytest.fixture
def rounds(noc: tuple[Context, Post], cluster: Cluster) -> InsideRounds:
    """Ten guests on a node, then ten on another."""
    context, _post = noc
    context = replace(context, gateways={"rennes": cast(Gateway, cluster)})
    guests = {vmid: guest(vmid, "acme", "pve1" if vmid < 110 else "pve2")
              for vmid in range(100, 120)}  # fmt: skip
    context.estate.remember(snapshot(START, guests))
    return InsideRounds(context)


async def ask(rounds: InsideRounds) -> dict[int, str]:
    assert isinstance(rounds.context.clock, SteppedClock)
    await rounds.context.clock.advance(300)
    return {row.vmid: row.agent for row in await rounds.ask_some("rennes")}


async def test_each_guest_has_its_turn(rounds: InsideRounds) -> None:
    assert await ask(rounds) == dict.fromkeys(range(100, 110), "answers")
    assert await ask(rounds) == dict.fromkeys(range(110, 120), "answers")
    assert sorted(await ask(rounds)) == list(range(100, 110))


async def test_a_silent_node_keeps_nobody_from_the_others(
    rounds: InsideRounds, cluster: Cluster
) -> None:
    cluster.silent = {"pve1"}
    seen: dict[int, str] = {}
    for _ in range(5):
        found = await ask(rounds)
        assert list(found.values()).count("failed") <= MOST_FAILURES
        seen |= found
    assert {vmid for vmid, agent in seen.items() if agent == "answers"} == set(range(110, 120))


async def test_a_figure_stays_with_its_age_when_the_agent_falls_silent(
    rounds: InsideRounds, cluster: Cluster
) -> None:
    (first, *_others) = await rounds.ask_some("rennes")
    cluster.mute = {first.vmid}
    await ask(rounds)
    (again,) = [row for row in await rounds.ask_some("rennes") if row.vmid == first.vmid]
    assert (again.agent, again.error != "") == ("silent", True)
    assert (again.disk_percent, again.read_at) == (first.disk_percent, first.read_at)
    assert again.asked_at > first.asked_at


async def test_addresses_are_those_of_configuration_and_agent_and_stay_while_it_is_silent(
    rounds: InsideRounds, cluster: Cluster
) -> None:
    (first, second, *_others) = await rounds.ask_some("rennes")
    told = ("203.0.113.9", f"10.0.0.{first.vmid}")
    assert first.addresses == told
    cluster.mute, cluster.old = {first.vmid}, {second.vmid}
    await ask(rounds)
    again = {row.vmid: row for row in await rounds.ask_some("rennes")}
    assert again[first.vmid].addresses == told
    assert again[second.vmid].addresses == second.addresses
    assert again[second.vmid].agent == "answers"
