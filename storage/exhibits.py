"""The files behind proofs of cases and decisions, kept under the SHA-256 of their content."""

from datetime import datetime

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table


class Exhibit(msgspec.Struct, frozen=True):
    """A file that a case rests on, or a decision about downtime of a tenant: `suspension` is then
    `tenant:acme`. `size` is in bytes; `content` is empty once it was erased.
    """

    suspension: str
    sha256: str
    size: int
    content: bytes
    kept_at: datetime
    account: str


EXHIBITS = Table(
    "exhibit",
    Exhibit,
    ["suspension", "sha256"],
    binding=Binding.RECORDED,
    erasable=["content"],
)


async def exhibit_sizes(db: Readable, suspension: str) -> dict[str, int]:
    """The size in bytes of each file of a case, by its SHA-256; without reading any."""
    rows = await db.rows("SELECT sha256, size FROM exhibit WHERE suspension = ?", (suspension,))
    return {str(digest): int(size) for digest, size in rows}


async def find_exhibits(db: Readable, suspension: str, digest: str) -> list[Exhibit]:
    """The files of a case whose SHA-256 begins like this, with their contents."""
    return await EXHIBITS.where(
        db, "suspension = ? AND substr(sha256, 1, ?) = ?", suspension, len(digest), digest.lower()
    )
