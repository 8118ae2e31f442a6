"""Durable intents (design rule 1): what is to be done outside is committed before it is done.

pending → doing → done | failed | unknown; unknown (nobody knows whether it was done) → doing,
done or failed, once the world was looked at. A crash leaves `doing`, which is to be treated as
unknown at the next start.
"""

from datetime import datetime

import msgspec

from storage.connection import Readable
from storage.database import Transaction
from storage.errors import ConflictError
from storage.tables import Table
from storage.times import micros

_NEXT = {
    "pending": {"doing", "failed"},
    "doing": {"done", "failed", "unknown", "pending"},
    "unknown": {"doing", "done", "failed"},
    "done": set[str](),
    "failed": set[str](),
}
OPEN = ("pending", "doing", "unknown")


class Intent(msgspec.Struct, frozen=True):
    """One thing to do. `payload` and `result` are JSON text; `account` is the Unix user.

    `subject` is what it is about (`guest:rennes/101`), to find what is under way for it.
    """

    id: int
    kind: str
    subject: str
    payload: str
    uid: int
    account: str
    requested_at: datetime
    state: str
    changed_at: datetime
    attempts: int
    result: str | None


INTENTS = Table("intent", Intent, ["id"], ["kind", "state"])


async def create(
    tx: Transaction, *, kind: str, subject: str, payload: object, uid: int, account: str
) -> int:
    """Write a pending intent; returns its number. `payload` is what msgspec can encode."""
    text = msgspec.json.encode(payload, order="sorted").decode()
    ((number,),) = await tx.rows(
        "INSERT INTO intent(kind, subject, payload, uid, account, requested_at, state, changed_at,"
        " attempts, result, revision) VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, 0, NULL, ?)"
        " RETURNING id",
        (kind, subject, text, uid, account, micros(tx.at), micros(tx.at), tx.revision),
    )
    return int(number)


async def move(tx: Transaction, number: int, state: str, result: object = None) -> None:
    """Go to another state; `doing` counts an attempt. Errors: `ConflictError` for an illegal step.

    A `result` of None leaves the stored one.
    """
    intent = await INTENTS.get(tx, number)
    if intent is None:
        raise ConflictError(f"there is no intent {number}")
    if state not in _NEXT[intent.state]:
        raise ConflictError(f"intent {number} is {intent.state} and cannot become {state}")
    text = None if result is None else msgspec.json.encode(result, order="sorted").decode()
    await tx.execute(
        "UPDATE intent SET state = ?, changed_at = ?, attempts = attempts + ?,"
        " result = coalesce(?, result), revision = ? WHERE id = ?",
        (state, micros(tx.at), int(state == "doing"), text, tx.revision, number),
    )


async def note(tx: Transaction, number: int, result: object) -> None:
    """Keep what is known so far (a task's id) while the intent stays in its state."""
    await tx.execute(
        "UPDATE intent SET result = ?, revision = ? WHERE id = ?",
        (msgspec.json.encode(result, order="sorted").decode(), tx.revision, number),
    )


async def open_intents(db: Readable, kind: str | None = None) -> list[Intent]:
    """What is not over, oldest first."""
    only = "state IN ('pending', 'doing', 'unknown')"
    if kind is None:
        return await INTENTS.where(db, f"{only} ORDER BY id")
    return await INTENTS.where(db, f"{only} AND kind = ? ORDER BY id", kind)
