"""Durable intents: each effect outside is committed before it is done (ARCHITECTURE.md, rule 1).

pending → doing → done | failed | unknown; unknown (nobody knows whether it was done) → doing,
done or failed, once the world was looked at. A crash leaves `doing`, which is to be treated as
unknown at the next start.
"""

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from storage.connection import Readable
from storage.errors import ConflictError
from storage.ledger import next_id
from storage.tables import Binding, Table
from storage.times import instant, micros

if TYPE_CHECKING:  # a reader needs no write path
    from storage.change import Change

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


INTENTS = Table(
    "intent",
    Intent,
    ["id"],
    ["kind", "state"],
    binding=Binding.RECORDED,
    unbound=["state", "changed_at", "attempts", "result"],
    erasable=["payload"],
)
"""Unbound: how far the work is. The order and its outcome are entries of their own."""


async def next_number(change: "Change") -> int:
    """The number of the next intent, for an entry that is recorded before it."""
    return await next_id(change, INTENTS)


async def create(
    change: "Change",
    *,
    kind: str,
    subject: str,
    payload: object,
    uid: int,
    account: str,
    by: int | None = None,
) -> int:
    """Write a pending intent, which needs an entry; returns its number.

    `payload` is what msgspec can encode. `by` is its entry, where the change has others before.
    """
    intent = Intent(
        id=await next_id(change, INTENTS),
        kind=kind,
        subject=subject,
        payload=_json(payload),
        uid=uid,
        account=account,
        requested_at=change.at,
        state="pending",
        changed_at=change.at,
        attempts=0,
        result=None,
    )
    await change.put(INTENTS, [intent], by=by)
    return intent.id


async def move(change: "Change", number: int, state: str, result: object = None) -> None:
    """Go to another state; `doing` counts an attempt. Errors: `ConflictError` for an illegal step.

    A `result` of None leaves the stored one.
    """
    intent = await _find(change, number)
    if state not in _NEXT[intent.state]:
        raise ConflictError(f"intent {number} is {intent.state} and cannot become {state}")
    moved = replace(
        intent,
        state=state,
        changed_at=change.at,
        attempts=intent.attempts + int(state == "doing"),
        result=intent.result if result is None else _json(result),
    )
    await change.put(INTENTS, [moved])


async def note(change: "Change", number: int, result: object) -> None:
    """Keep what is known so far (a task's id) while the intent stays in its state."""
    intent = await _find(change, number)
    await change.put(INTENTS, [replace(intent, result=_json(result))])


async def _find(change: "Change", number: int) -> Intent:
    intent = await INTENTS.get(change, number)
    if intent is None:
        raise ConflictError(f"there is no intent {number}")
    return intent


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


async def open_intents(db: Readable, kind: str | None = None) -> list[Intent]:
    """What is not over, oldest first."""
    only = "state IN ('pending', 'doing', 'unknown')"
    if kind is None:
        return await INTENTS.where(db, f"{only} ORDER BY id")
    return await INTENTS.where(db, f"{only} AND kind = ? ORDER BY id", kind)


class LeftTest(msgspec.Struct, frozen=True):
    """A guest that was restored for a test, and is still there; `name` is foreign text."""

    cluster: str
    vmid: int
    name: str
    restored_at: datetime


async def restored_tests(db: Readable, cluster: str) -> dict[int, str]:
    """The names of the guests that were ever restored for a test there, by number."""
    rows = await db.rows(
        "SELECT json_extract(payload, '$.number'), json_extract(payload, '$.name') FROM intent"
        " WHERE kind = 'guest.restore' AND state = 'done'"
        " AND json_extract(payload, '$.cluster') = ? ORDER BY id",
        (cluster,),
    )
    return {int(number): str(name) for number, name in rows}


async def left_tests(db: Readable, before: datetime) -> list[LeftTest]:
    """The restored tests that were finished before that instant and are still seen."""
    rows = await db.rows(
        "SELECT guest.cluster, guest.vmid, guest.name, max(changed_at) FROM intent"
        " JOIN guest ON guest.cluster = json_extract(payload, '$.cluster')"
        " AND guest.vmid = json_extract(payload, '$.number')"
        " AND guest.name = json_extract(payload, '$.name')"
        " WHERE intent.kind = 'guest.restore' AND intent.state = 'done'"
        " GROUP BY 1, 2, 3 HAVING max(changed_at) < ? ORDER BY 1, 2",
        (micros(before),),
    )
    return [LeftTest(cluster, vmid, name, instant(at)) for cluster, vmid, name, at in rows]


async def in_batch(db: Readable, kind: str, batch: str) -> list[Intent]:
    """The intents of a kind whose payload names that batch, oldest first."""
    clause = "kind = ? AND json_extract(payload, '$.batch') = ? ORDER BY id"
    return await INTENTS.where(db, clause, kind, batch)
