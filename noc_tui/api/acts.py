"""An operator's daily acts on guests: snapshots, a backup now, a restore for a test, a move.

Each is previewed, ordered, and followed as an intent to the end of its task. Guests are named
`cluster/vmid`.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from noc_tui.api.endpoint import Body, get, post
from noc_tui.roles import Role

SnapshotName = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]{1,39}$")]
Days = Annotated[int, Meta(ge=1, le=3650)]
MOST_GUESTS = 200
MOST_AT_ONCE = 8


class TakeSnapshot(Body, frozen=True, tag_field="act", tag="snapshot"):
    """Keep the guest's disks as they are; of a running virtual machine its memory too, if asked."""

    name: SnapshotName
    description: Annotated[str, Meta(max_length=1000)] = ""
    memory: bool = False


class RollBack(Body, frozen=True, tag_field="act", tag="rollback"):
    """Go back to a snapshot: what came after it is lost, for `reason`."""

    name: SnapshotName
    reason: str


class DeleteSnapshot(Body, frozen=True, tag_field="act", tag="delete-snapshot"):
    """Delete a snapshot by its name, or all those older than so many days."""

    name: SnapshotName | None = None
    older_than_days: Days | None = None


class BackUp(Body, frozen=True, tag_field="act", tag="backup"):
    """Make a backup now, on the storage of the guest's own backup job unless one is named."""

    storage: str = ""
    note: Annotated[str, Meta(max_length=200)] = ""


class TestRestore(Body, frozen=True, tag_field="act", tag="restore-test"):
    """Restore a backup (the newest unless one is named) as another guest, off and without any
    network; onto the storage of the guest's own disk unless one is named.
    """

    volume: str = ""
    storage: str = ""


class DeleteTest(Body, frozen=True, tag_field="act", tag="delete-test"):
    """Delete a guest that was restored for a test from here; of any other it is refused."""


class Migrate(Body, frozen=True, tag_field="act", tag="migrate"):
    """Move the guest to a node; without one, to the node that is left with most memory."""

    target: str = ""
    with_local_disks: bool = False


Act = TakeSnapshot | RollBack | DeleteSnapshot | BackUp | TestRestore | DeleteTest | Migrate
Guests = Annotated[tuple[str, ...], Meta(min_length=1, max_length=MOST_GUESTS)]


class ActOrder(Body, frozen=True):
    """An act on guests, of which no more than `at_once` are worked on at the same time."""

    act: Act
    guests: Guests
    at_once: Annotated[int, Meta(ge=1, le=MOST_AT_ONCE)] = 2


class GuestEffect(msgspec.Struct, frozen=True):
    """What becomes of a guest, in sentences for the operator; `refused` why nothing does."""

    guest: str
    name: str
    tenant: str
    node: str
    status: str
    ha: str
    effect: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    refused: str = ""


class NodeMemory(msgspec.Struct, frozen=True):
    """Memory of a node in bytes: what it has, and what it has promised to guests that run, before
    and after; None where its size is not known.
    """

    node: str
    memory: int | None
    before: int
    after: int


class ActPreview(msgspec.Struct, frozen=True):
    """What an order would do. `tenants` are those whose guests it is about, `interrupted` those of
    whom a guest stops on the way; `quorate` is None where that is not known.
    """

    guests: tuple[GuestEffect, ...]
    tenants: tuple[str, ...]
    interrupted: tuple[str, ...]
    quorate: bool | None
    nodes: tuple[NodeMemory, ...] = ()


class OrderedActs(msgspec.Struct, frozen=True):
    """The numbers of the orders' intents, which are committed."""

    intents: tuple[int, ...]


class Snapshot(msgspec.Struct, frozen=True):
    """A snapshot of a guest: `taken_at` seconds since the epoch, `memory` whether it is in it;
    name and description are foreign text.
    """

    name: str
    description: str
    taken_at: int | None
    memory: bool
    parent: str | None


PREVIEW = post("/v1/acts/preview", Role.OPERATOR, ActOrder, ActPreview)
ORDER = post("/v1/acts", Role.OPERATOR, ActOrder, OrderedActs, status=202)
SNAPSHOTS = get("/v1/guests/{cluster}/{vmid}/snapshots", Role.VIEWER, list[Snapshot])
"""The oldest first."""
