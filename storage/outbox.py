"""Messages to the world outside: committed before they are sent, and kept with every answer.

queued → sending → accepted | refused; `unknown` when the connection broke after the whole message
was handed over. A crash leaves `sending`, which is as good as unknown. Whatever is not accepted or
refused is sent again, under the same Message-ID.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from storage.connection import Readable
from storage.tables import Binding, Table
from storage.times import BEYOND, micros

if TYPE_CHECKING:  # a reader needs no write path
    from storage.change import Change


class Message(msgspec.Struct, frozen=True):
    """A message. `id` is its Message-ID, `about` what it concerns (`suspension:S-0001`).

    `purpose` tells several messages about one thing apart; `raw` is the exact message; `answer` the
    server's own last words; `next_at` when it is tried next.
    """

    id: str
    kind: str
    about: str
    purpose: str
    recipient: str
    copy: str
    subject: str
    raw: bytes
    uid: int
    account: str
    state: str
    attempts: int
    next_at: datetime | None
    answer: str
    queued_at: datetime
    changed_at: datetime


MESSAGES = Table(
    "message",
    Message,
    ["id"],
    ["kind", "state", "purpose"],
    binding=Binding.RECORDED,
    unbound=["state", "attempts", "next_at", "answer", "changed_at"],
    erasable=["recipient", "copy", "subject", "raw"],
)
"""Unbound: how far the delivery is. Each answer that settles it is an entry of its own."""

_OPEN = "state IN ('queued', 'sending', 'unknown')"


_NOT_HELD = "id NOT IN (SELECT value FROM json_each(?))"


async def due(db: Readable, kind: str, now: datetime, held: Iterable[str] = ()) -> list[Message]:
    """What is to be sent now, the longest waiting first, without those that are held."""
    return await MESSAGES.where(
        db,
        f"kind = ? AND {_OPEN} AND coalesce(next_at, 0) NOT BETWEEN ? AND ? AND {_NOT_HELD}"
        " ORDER BY next_at, queued_at, id",
        kind,
        micros(now) + 1,
        micros(now + BEYOND),
        _listed(held),
    )


async def next_due(db: Readable, kind: str, held: Iterable[str] = ()) -> datetime | None:
    """When the next message is to be tried, if any waits that is not held."""
    rows = await MESSAGES.where(
        db,
        f"kind = ? AND {_OPEN} AND {_NOT_HELD} ORDER BY next_at LIMIT 1",
        kind,
        _listed(held),
    )
    return rows[0].next_at or rows[0].queued_at if rows else None


def _listed(names: Iterable[str]) -> str:
    return msgspec.json.encode(list(names)).decode()


async def unsettled_messages(db: Readable) -> list[Message]:
    """What would be sent by itself sooner or later, oldest first."""
    return await MESSAGES.where(db, f"{_OPEN} ORDER BY queued_at, id")


async def messages_about(db: Readable, subject: str) -> list[Message]:
    """The messages about one thing, oldest first."""
    return await MESSAGES.where(db, "about = ? ORDER BY queued_at, id", subject)


async def messages_to(db: Readable, recipient: str, limit: int = 8) -> list[Message]:
    """The newest messages to an address."""
    return await MESSAGES.where(
        db, "recipient = ? ORDER BY queued_at DESC, id DESC LIMIT ?", recipient, limit
    )


async def mark_interrupted(change: "Change") -> int:
    """At the start: what was being sent may have been sent; returns how many there were."""
    sending = await MESSAGES.where(change, "state = 'sending'")
    unknown = [replace(row, state="unknown", next_at=None, changed_at=change.at) for row in sending]
    return await change.put(MESSAGES, unknown)


async def refused_messages(db: Readable) -> list[Message]:
    """Return the messages that their server refused and nobody has retried, oldest first."""
    return await MESSAGES.where(db, "state = 'refused' ORDER BY queued_at, id")


async def waiting_messages(db: Readable) -> list[Message]:
    """The messages that were not accepted yet, oldest first."""
    return await MESSAGES.where(db, f"{_OPEN} OR state = 'refused' ORDER BY queued_at, id")


class MessageState(msgspec.Struct, frozen=True):
    """How far a message is, without what it says."""

    about: str
    purpose: str
    state: str
    queued_at: int


async def message_states(db: Readable, subjects: Iterable[str]) -> list[MessageState]:
    """The state of each message about any of these things, the oldest first."""
    rows = await db.rows(
        "SELECT about, purpose, state, queued_at FROM message"
        " WHERE about IN (SELECT value FROM json_each(?)) ORDER BY queued_at, id",
        (_listed(subjects),),
    )
    return [MessageState(*row) for row in rows]
