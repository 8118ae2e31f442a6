"""Emptying a node of its guests: planned, ordered, carried out in waves; and HA's maintenance of a
node, which Proxmox has a command for and no call.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from noc_tui.api.acts import MOST_AT_ONCE, NodeMemory
from noc_tui.api.endpoint import Body, post
from noc_tui.api.guests import Ordered
from noc_tui.roles import Role

How = Literal["live", "offline", "restart"]
"""How a guest moves: it runs on, it is off, or it is stopped and started again over there."""


class WorkWindow(Body, frozen=True):
    """A maintenance window; its ends are RFC 3339 with their offset. The tenants of the guests that
    stop are mailed, and no others.
    """

    title: str
    start: str
    end: str
    reason: str


class Evacuation(Body, frozen=True):
    """What an evacuation may do. Guests that must stop are moved within the `window`, and left
    without one. `plan` is the digest of the plan that was looked at: another one is refused.
    """

    with_local_disks: bool = False
    at_once: Annotated[int, Meta(ge=1, le=MOST_AT_ONCE)] = 2
    wave_size: Annotated[int, Meta(ge=1, le=100)] = 10
    window: WorkWindow | None = None
    plan: str = ""


class PlannedMove(msgspec.Struct, frozen=True):
    """A guest that goes, where to, and in which wave, from 1; `memory` bytes that it takes."""

    guest: str
    name: str
    tenant: str
    target: str
    how: How
    wave: int
    memory: int


class LeftGuest(msgspec.Struct, frozen=True):
    """A guest that stays, and why."""

    guest: str
    name: str
    tenant: str
    reason: str


class EvacuationPlan(msgspec.Struct, frozen=True):
    """Who goes where. `interrupted` are the tenants of guests that stop on the way, who are mailed
    where there is a window; `tenants` all whose guests are on the node.
    """

    node: str
    moves: tuple[PlannedMove, ...]
    left: tuple[LeftGuest, ...]
    tenants: tuple[str, ...]
    interrupted: tuple[str, ...]
    nodes: tuple[NodeMemory, ...]
    warnings: tuple[str, ...]
    digest: str


class StopEvacuation(Body, frozen=True):
    """Why nothing more of it is begun; and whether its maintenance window is called off too, which
    must be said where one is announced and no guest was stopped in it yet.
    """

    reason: str
    window: Literal["keep", "call-off"] | None = None


class NodeMaintenance(Body, frozen=True):
    """Into HA's maintenance, or out of it."""

    action: Literal["enter", "leave"]


class MaintenanceEffect(msgspec.Struct, frozen=True):
    """The `command` to type as root on a node of the cluster, what HA then does with which guests,
    and what it leaves to others.
    """

    command: str
    moved: tuple[str, ...]
    staying: tuple[str, ...]
    warnings: tuple[str, ...]


_NODE = "/v1/nodes/{cluster}/{node}"
PLAN_EVACUATION = post(f"{_NODE}/evacuation/preview", Role.OPERATOR, Evacuation, EvacuationPlan)
EVACUATE = post(f"{_NODE}/evacuation", Role.OPERATOR, Evacuation, Ordered, status=202)
STOP_EVACUATION = post("/v1/evacuations/{number}/stop", Role.OPERATOR, StopEvacuation, Ordered)
"""What is on its way goes on; nothing more is begun."""
PREVIEW_MAINTENANCE = post(
    f"{_NODE}/maintenance/preview", Role.OPERATOR, NodeMaintenance, MaintenanceEffect
)
ORDER_MAINTENANCE = post(
    f"{_NODE}/maintenance", Role.OPERATOR, NodeMaintenance, Ordered, status=202
)
"""Follows the node until HA's manager says so, for an hour; the command is typed by a person."""
