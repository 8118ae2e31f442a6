"""What a guest says of its inside when somebody opens it: file systems and addresses.

Of a virtual machine its agent is asked, where it runs and the configuration says that there is one;
of a container its node. Names, sizes and addresses alone are read, nothing that is in it.
"""

from typing import Literal, cast

from noc_tui.api import guests as api
from noc_tui.cluster import errors
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.guest_inside import agent_state, has_agent
from noc_tui.cluster.ids import GuestPlace

AgentState = Literal["answers", "off", "silent", "stopped", "refused", "failed"]
_OWN = ("lo", "")
"""Interfaces that lead nowhere."""


async def read_facts(gateway: Gateway, guest: GuestPlace) -> api.GuestFacts:
    """The guest's facts; why there are none is one. Raises `GatewayError`s where the cluster does
    not answer.
    """
    status = await gateway.guest_status(guest)
    if status.status != "running":
        return api.GuestFacts("stopped")
    if guest.kind != "qemu":
        return await _of_container(gateway, guest, status.disk, status.maxdisk)
    config = await gateway.guest_config(guest)
    if not has_agent(config.values.get("agent", "")):
        return api.GuestFacts("off")
    try:
        file_systems = await gateway.guest_file_systems(guest)
        interfaces = await gateway.guest_interfaces(guest)
    except errors.TimedOut as error:
        return api.GuestFacts(cast(AgentState, agent_state(error)))
    except (errors.ObjectMissing, errors.Unreachable):
        raise
    except errors.GatewayError as error:
        return api.GuestFacts(cast(AgentState, agent_state(error)))
    return api.GuestFacts(
        "answers",
        tuple(
            api.InsideFileSystem(one.mountpoint, one.type, one.used_bytes, one.total_bytes)
            for one in file_systems
        ),
        tuple(
            api.InsideInterface(
                one.name, one.hardware_address, tuple(each.text for each in one.ip_addresses)
            )
            for one in interfaces
            if one.name not in _OWN
        ),
    )


async def _of_container(
    gateway: Gateway, guest: GuestPlace, used: float | None, total: float | None
) -> api.GuestFacts:
    rows = await gateway.container_interfaces(guest)
    root = api.InsideFileSystem("/", "", _whole(used), _whole(total))
    interfaces = tuple(
        api.InsideInterface(
            row.name, row.hwaddr, tuple(one for one in (row.inet, row.inet6) if one)
        )
        for row in rows
        if row.name not in _OWN
    )
    return api.GuestFacts("answers", (root,), interfaces)


def _whole(octets: float | None) -> int | None:
    return None if octets is None else int(octets)
