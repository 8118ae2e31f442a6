"""What the intents of an evacuation hold: the whole plan as it was ordered, and each move."""

from datetime import timedelta
from typing import Literal

import msgspec

from noc_tui.daemon.evacuation.planner import How
from noc_tui.daemon.guests.act_kinds import MIGRATION, MigrationIntent
from noc_tui.daemon.guests.order_execution import GuestOrderKind

KIND = "node.evacuation"
MOVE_KIND = "guest.evacuation"


class OrderedMove(msgspec.Struct, frozen=True):
    """A move of the plan."""

    vmid: int
    target: str
    how: How
    wave: int
    with_disks: bool = False


class EvacuationIntent(msgspec.Struct, frozen=True):
    """The plan that was ordered. `staying` says of each guest that stays why, in both languages;
    `window` is the maintenance window within which guests may stop.
    """

    cluster: str
    node: str
    moves: tuple[OrderedMove, ...]
    staying: dict[str, str]
    at_once: int
    window: int | None = None
    action: Literal["evacuate"] = "evacuate"


class EvacuationOutcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """How it went: the numbers of guests that moved, and by number why others failed or stayed.
    `stopped_by` asked that nothing more be begun.
    """

    moved: tuple[int, ...] = ()
    failed: dict[str, str] = {}
    left: dict[str, str] = {}
    stopped_by: str | None = None
    said: str | None = None


def batch_of(number: int) -> str:
    """What the moves of an evacuation name as their batch."""
    return f"evacuation {number}"


MOVE: GuestOrderKind[MigrationIntent] = GuestOrderKind(
    MOVE_KIND,
    MigrationIntent,
    MIGRATION.ask,
    MIGRATION.task_types,
    MIGRATION.complete,
    left_node=MIGRATION.left_node,
    waits=lambda _order: timedelta(minutes=5),
    give_up=MIGRATION.give_up,
)
"""A migration that belongs to an evacuation, with entries of its own name."""
