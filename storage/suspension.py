"""Suspensions as stored: cases, their guests, the journal of changes, and the contract's text.

The case itself is a JSON document whose shape its owner knows; the columns beside it are what lists
sort and filter by. The journal holds, for each means on each guest, what was true before.
"""

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table
from storage.times import micros

if TYPE_CHECKING:  # a reader needs no write path
    from storage.change import Change


class Suspension(msgspec.Struct, frozen=True):
    """A case. `deadline` is when the right to terminate may open; `document` the whole case.

    `awaits` is whose agreement it waits for (`second`, `lead`, `break-glass`), or empty;
    `starts_at` when an order that waits for its time is carried out, `reorder_by` the new start of
    one that was moved and is not given anew.
    """

    id: str
    tenant: str
    tenant_name: str
    ground: str
    state: str
    rehearsal: bool
    opened_at: datetime
    started_at: datetime | None
    deadline: datetime | None
    closed_at: datetime | None
    notice_owed: bool
    review_due: datetime | None
    document: str
    awaits: str = ""
    opened_by: str = ""
    starts_at: datetime | None = None
    reorder_by: datetime | None = None


class SuspendedGuest(msgspec.Struct, frozen=True):
    """How far a guest of a case is: planned, applying, suspended, restoring, restored, gone;
    applying and restoring also as -waiting and -failed. `detail` is a sentence for the operator.
    """

    suspension: str
    cluster: str
    vmid: int
    name: str
    state: str
    detail: str
    changed_at: datetime


class StepRow(msgspec.Struct, frozen=True):
    """One means on one guest. `record` is JSON, None until what was before was read.

    planned → doing → done | failed, and done | doing → undoing → undone; `took_effect_at` is when
    the means was first seen to hold. `proof` is how it is known to work: asked, configured,
    read-back, probe; None until it was carried out. `doubt` says what keeps it from being seen.
    """

    suspension: str
    cluster: str
    vmid: int
    position: int
    means: str
    state: str
    record: str | None
    said: str
    attempts: int
    took_effect_at: datetime | None
    changed_at: datetime
    proof: str | None = None
    doubt: str | None = None


class ContractText(msgspec.Struct, frozen=True):
    """An import of the official text: the file's name, who brought it, its SHA-256."""

    sha256: str
    name: str
    imported_at: datetime
    account: str
    content: str


class TermsText(msgspec.Struct, frozen=True):
    """Terms that cases were opened under, as JSON; `version` is the name stamped on these cases."""

    version: str
    content: str


SUSPENSIONS = Table(
    "suspension",
    Suspension,
    ["id"],
    ["state", "ground", "awaits"],
    binding=Binding.RECORDED,
    erasable=["tenant_name", "document"],
)
SUSPENDED_GUESTS = Table(
    "suspension_guest",
    SuspendedGuest,
    ["suspension", "cluster", "vmid"],
    ["state"],
    binding=Binding.RECORDED,
    unbound=["state", "detail", "changed_at"],
    erasable=["name"],
)
"""Unbound: how far the guest is. Each step taken on it has its entry (`STEPS`)."""
STEPS = Table(
    "suspension_step",
    StepRow,
    ["suspension", "cluster", "vmid", "position"],
    ["means", "state"],
    binding=Binding.RECORDED,
    erasable=["record", "said"],
)
CONTRACT_TEXTS = Table("contract_text", ContractText, ["sha256"], binding=Binding.RECORDED)
TERMS_TEXTS = Table("terms", TermsText, ["version"], binding=Binding.RECORDED)

ENDED = frozenset({"closed", "cancelled"})
"""The states of a case that is over."""
_KEPT = (
    "id",
    "tenant",
    "ground",
    "terms_version",
    "opened_by",
    "opened_at",
    "state",
    "rehearsal",
    "cites",
    "ordered_by",
    "ordered_at",
    "started_at",
    "closed_at",
    "exclusion",
)
_NOT_OVER = "state NOT IN ('closed', 'cancelled')"


async def next_id(change: "Change") -> str:
    """The identifier of a new case: `S-0001`, then on."""
    ((count,),) = await change.rows("SELECT count(*) FROM suspension WHERE id GLOB 'S-[0-9]*'")
    return f"S-{count + 1:04d}"


async def open_cases(db: Readable) -> list[Suspension]:
    """The cases that are not over, oldest first."""
    return await SUSPENSIONS.where(db, f"{_NOT_OVER} ORDER BY opened_at, id")


async def cases_awaiting_approval(db: Readable) -> list[Suspension]:
    """The cases that wait for somebody's agreement, oldest first."""
    return await SUSPENSIONS.where(db, "awaits <> '' ORDER BY opened_at, id")


async def scheduled_cases(db: Readable) -> list[Suspension]:
    """The cases whose order waits for its time, the next first."""
    return await SUSPENSIONS.where(db, "starts_at IS NOT NULL ORDER BY starts_at, id")


async def read_fallen(db: Readable, at: datetime) -> list[Suspension]:
    """The cases whose order cancelled itself since then, the newest first."""
    return await SUSPENSIONS.where(
        db,
        "state = 'cancelled' AND closed_at >= ? AND coalesce(json_extract(document,"
        " '$.fell_away'), '') <> '' ORDER BY closed_at DESC, id",
        micros(at),
    )


async def cases_on_ground(db: Readable, ground: str) -> list[Suspension]:
    """Every case that was opened on a ground, oldest first."""
    return await SUSPENSIONS.where(db, "ground = ? ORDER BY opened_at, id", ground)


async def of_tenant(db: Readable, tenant: str) -> list[Suspension]:
    """Every case of a tenant, newest first."""
    return await SUSPENSIONS.where(db, "tenant = ? ORDER BY opened_at DESC, id DESC", tenant)


async def guests_of(db: Readable, suspension: str) -> list[SuspendedGuest]:
    """The guests of a case."""
    return await SUSPENDED_GUESTS.where(db, "suspension = ? ORDER BY cluster, vmid", suspension)


async def steps_of(db: Readable, suspension: str) -> list[StepRow]:
    """The journal of a case, guest by guest in the order of application."""
    return await STEPS.where(db, "suspension = ? ORDER BY cluster, vmid, position", suspension)


async def newest_text(db: Readable) -> ContractText | None:
    """The contract's text that was imported last."""
    found = await CONTRACT_TEXTS.where(db, "1 = 1 ORDER BY imported_at DESC LIMIT 1")
    return found[0] if found else None


async def case_stopping(db: Readable, cluster: str, vmid: int) -> str | None:
    """The case that keeps this guest stopped now; None when nothing does."""
    found = await db.rows(
        "SELECT suspension FROM suspension_step JOIN suspension ON suspension.id = suspension"
        " WHERE cluster = ? AND vmid = ? AND means = 'vm_stop' AND NOT rehearsal"
        " AND suspension_step.state IN ('doing', 'done')"
        " AND suspension.state NOT IN ('closed', 'cancelled')",
        (cluster, vmid),
    )
    return str(found[0][0]) if found else None


async def case_changing(db: Readable, cluster: str, vmid: int) -> str | None:
    """The case that keeps something of this guest's configuration or state changed now."""
    found = await db.rows(
        "SELECT suspension FROM suspension_step JOIN suspension ON suspension.id = suspension"
        " WHERE cluster = ? AND vmid = ? AND NOT rehearsal"
        " AND suspension_step.state IN ('doing', 'done')"
        " AND suspension.state NOT IN ('closed', 'cancelled')",
        (cluster, vmid),
    )
    return str(found[0][0]) if found else None


async def planned_guests(db: Readable) -> frozenset[tuple[str, int]]:
    """Cluster and number of every guest of a case, rehearsals apart, whatever became of it."""
    found = await db.rows(
        "SELECT cluster, vmid FROM suspension_guest JOIN suspension ON suspension.id = suspension"
        " WHERE NOT rehearsal"
    )
    return frozenset((str(cluster), int(vmid)) for cluster, vmid in found)


async def failed_guests(db: Readable) -> list[SuspendedGuest]:
    """Guests of cases that are not over which could not be brought to what was ordered."""
    return await SUSPENDED_GUESTS.where(
        db,
        "state IN ('applying-failed', 'applying-partly', 'restoring-failed')"
        " AND suspension IN (SELECT id FROM"
        " suspension WHERE state NOT IN ('closed', 'cancelled'))"
        " ORDER BY suspension, cluster, vmid",
    )


_HELD = (
    "suspension_guest.state IN ('suspended', 'configured') AND NOT suspension.rehearsal"
    " AND suspension.state NOT IN ('closed', 'cancelled')"
)


async def held_guests(db: Readable) -> dict[tuple[str, int], str]:
    """The case of each guest that is under a suspension in force, by cluster and number."""
    found = await db.rows(
        "SELECT cluster, vmid, suspension.id FROM suspension_guest"  # noqa: S608 - a constant
        f" JOIN suspension ON suspension.id = suspension WHERE {_HELD} ORDER BY suspension.id DESC"
    )
    return {(str(cluster), int(vmid)): str(case) for cluster, vmid, case in found}


async def held_by_tenant(db: Readable) -> list[str]:
    """The tenant of each guest that is under a suspension in force, one for each guest."""
    found = await db.rows(
        "SELECT DISTINCT tenant, cluster, vmid FROM suspension_guest"  # noqa: S608 - a constant
        f" JOIN suspension ON suspension.id = suspension WHERE {_HELD}"
    )
    return [str(tenant) for tenant, _cluster, _vmid in found]


def without_content(document: str) -> str:
    """A case's document with what it was, of whom and when, and without what was written in it."""
    full = msgspec.json.decode(document)
    kept = {key: full[key] for key in _KEPT if key in full}
    return msgspec.json.encode({**kept, "tenant_name": ""}).decode()
