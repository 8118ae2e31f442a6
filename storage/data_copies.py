"""Copies of a tenant's guests that are owed at the end of its contract (art. 16.2)."""

from datetime import datetime

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table

CLOSED = ("received", "waived")
"""States in which a copy is owed no longer."""


class DataCopy(msgspec.Struct, frozen=True):
    """One request for a full copy, and what became of it.

    `state`: requested, made, handed-over, received, waived. `guests` are those in the copy, as
    `cluster/vmid`; `left_out` says why others of the tenant are not. `digest` is the SHA-256 of
    what was handed over, or of the list of its files' digests. `reason` is why the client could not
    use the last copy, or what it wrote when it gave it up. `account` did the last step.
    """

    id: int
    tenant: str
    state: str
    requested_at: datetime
    requested_by: str
    channel: str
    reference: str
    made_at: datetime | None = None
    guests: tuple[str, ...] = ()
    left_out: str = ""
    medium: str = ""
    digest: str = ""
    handed_at: datetime | None = None
    handed_to: str = ""
    handover_proof: str = ""
    received_at: datetime | None = None
    receipt_proof: str = ""
    reason: str = ""
    account: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is still owed to the client."""
        return self.state not in CLOSED


DATA_COPIES = Table(
    "data_copy",
    DataCopy,
    ["id"],
    binding=Binding.RECORDED,
    erasable=[
        "requested_by", "reference", "left_out", "handed_to", "handover_proof", "receipt_proof",
        "reason",
    ],
)  # fmt: skip


async def open_copies(db: Readable) -> list[DataCopy]:
    """All copies that are still owed."""
    return await DATA_COPIES.where(db, "state NOT IN ('received', 'waived') ORDER BY id")


async def copies_of(db: Readable, tenant: str) -> list[DataCopy]:
    """A tenant's copies, the oldest first."""
    return await DATA_COPIES.where(db, "tenant = ? ORDER BY id", tenant)


async def next_copy_id(db: Readable) -> int:
    """The number of the next request."""
    ((number,),) = await db.rows("SELECT coalesce(max(id), 0) + 1 FROM data_copy")
    return int(number)
