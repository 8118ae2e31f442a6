"""Asks guests in turn what kind of system they run, how full their disks are, by which addresses
they are known.

A few guests of each cluster a slow round, those first that were asked longest ago: a round costs
the same number of requests however many guests there are, and each figure has its own age.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec.structs import replace

from noc_tui.cluster.errors import GatewayError
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.guest_inside import agent_state, fullest_of, has_agent
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.ids import GuestPlace
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.guest_addresses import keep_reachable, list_addresses
from storage.resources import GUEST_INSIDES, GuestInside, insides_of

FAILED = "failed"
LONGEST_ERROR = 300
MOST_FAILURES = 3
"""After so many guests that could not be asked a round ends: the cluster itself may be away."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class InsideRounds:
    """One loop a cluster."""

    context: Context

    async def run(self) -> None:
        """Ask until cancelled."""
        async with asyncio.TaskGroup() as loops:
            for cluster in self.context.gateways:
                loops.create_task(self._repeat(cluster))

    async def _repeat(self, cluster: str) -> None:
        while True:
            await self.ask_some(cluster)
            await self.context.clock.sleep(self.context.config.poll.slow)

    async def ask_some(self, cluster: str) -> list[GuestInside]:
        """Ask the guests whose turn it is; returns what was stored of them.

        One that cannot be asked has had its turn, so that a node that is silent keeps nobody from
        the guests of the others; after some that could not be, the round ends.
        """
        snapshot = self.context.estate.snapshots.get(cluster)
        if snapshot is None:
            return []
        known = {row.vmid: row for row in await insides_of(self.context.world, cluster)}
        gateway = self.context.gateways[cluster]
        asked: list[GuestInside] = []
        turn = next_guests(
            snapshot.guests.values(), known, self.context.config.promises.guests_a_round
        )
        for guest in turn:
            if sum(row.agent == FAILED for row in asked) == MOST_FAILURES:
                break
            now = self.context.clock.now()
            asked.append(await _ask(gateway, guest, known.get(guest.vmid), now))
        gone = [(cluster, vmid) for vmid in known.keys() - snapshot.guests.keys()]
        async with self.context.writer.change(itself()) as change:
            await change.remove(GUEST_INSIDES, gone)
            await change.put(GUEST_INSIDES, asked)
        return asked


def next_guests(
    guests: Iterable[GuestSnapshot], known: Mapping[int, GuestInside], number: int
) -> list[GuestSnapshot]:
    """The guests whose turn it is: never asked first, then those asked longest ago."""
    real = [guest for guest in guests if not guest.template and guest.status != "unknown"]

    def turn(guest: GuestSnapshot) -> tuple[datetime, int]:
        row = known.get(guest.vmid)
        return (NEVER if row is None else row.asked_at, guest.vmid)

    return sorted(real, key=turn)[:number]


async def _ask(
    gateway: Gateway, guest: GuestSnapshot, before: GuestInside | None, now: datetime
) -> GuestInside:
    """What the guest says now; of what it does not say, what it said before with its age."""
    place = GuestPlace(guest.node, guest.kind, guest.vmid)
    row = before or GuestInside(
        cluster=gateway.name, vmid=guest.vmid, asked_at=now, ostype="", agent=""
    )
    row = replace(row, asked_at=now, error="")
    try:
        config = await gateway.guest_config(place)
    except GatewayError as error:
        return replace(row, agent=FAILED, error=str(error)[:LONGEST_ERROR])
    of_config = tuple(list_addresses(config.values))
    row = replace(row, ostype=config.values.get("ostype", ""))
    if guest.kind != "qemu":
        told = () if guest.status != "running" else await _ask_node(gateway, place)
        return _with_addresses(replace(row, agent="container"), of_config, told)
    if not has_agent(config.values.get("agent", "")):
        return replace(row, agent="off", addresses=keep_reachable(of_config))
    if guest.status != "running":
        return _with_addresses(replace(row, agent="stopped"), of_config, ())
    row = await _ask_agent(gateway, place, row)
    told = await _ask_addresses(gateway, place) if row.agent == "answers" else ()
    return _with_addresses(row, of_config, told)


def _with_addresses(
    row: GuestInside, of_config: tuple[str, ...], told: tuple[str, ...]
) -> GuestInside:
    """The row with what the guest tells now; while it tells nothing, what it last told stays."""
    return replace(row, addresses=keep_reachable((*of_config, *(told or row.addresses))))


async def _ask_addresses(gateway: Gateway, place: GuestPlace) -> tuple[str, ...]:
    """What the agent tells of; nothing where it cannot, as some old ones."""
    try:
        interfaces = await gateway.guest_interfaces(place)
    except GatewayError:
        return ()
    return tuple(one.ip_address for each in interfaces for one in each.ip_addresses)


async def _ask_node(gateway: Gateway, place: GuestPlace) -> tuple[str, ...]:
    """What the node sees in the container's namespace; nothing where it cannot look."""
    try:
        rows = await gateway.container_interfaces(place)
    except GatewayError:
        return ()
    return tuple(one for row in rows for one in (row.inet, row.inet6) if one)


async def _ask_agent(gateway: Gateway, place: GuestPlace, row: GuestInside) -> GuestInside:
    try:
        fullest = fullest_of(await gateway.guest_file_systems(place))
    except GatewayError as error:
        return replace(row, agent=agent_state(error), error=str(error)[:LONGEST_ERROR])
    if fullest is None:
        return replace(row, agent="answers")
    return replace(
        row,
        agent="answers",
        disk_percent=fullest.percent,
        mount=fullest.mountpoint,
        used=fullest.used_bytes,
        total=fullest.total_bytes,
        read_at=row.asked_at,
    )
