"""A guest that a suspension keeps paused is no trouble, neither counted nor listed."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from storage import guest_counts
from storage.database import Writer
from storage.guests import GUESTS
from storage.suspension import SUSPENDED_GUESTS, SUSPENSIONS, SuspendedGuest, Suspension
from tests.storage.test_reading import guest
from tests.support.changes import recorded

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def case(name: str, state: str, *, rehearsal: bool = False) -> Suspension:
    return Suspension(
        id=name,
        tenant="acme",
        tenant_name="Acme",
        ground="attack",
        state=state,
        rehearsal=rehearsal,
        opened_at=NOW,
        started_at=None,
        deadline=None,
        closed_at=None,
        notice_owed=False,
        review_due=None,
        document="{}",
    )


def kept(name: str, vmid: int, state: str = "suspended") -> SuspendedGuest:
    return SuspendedGuest(name, "rennes", vmid, f"g{vmid}", state, "", NOW)


async def test_what_a_suspension_keeps_paused_is_no_trouble(writer: Writer) -> None:
    paused = {
        100: "kept by a case",
        101: "kept by two cases",
        102: "restored since",
        103: "rehearsed only",
        104: "kept by a case that is over",
        105: "nobody's doing",
    }
    async with recorded(writer) as change:
        rows = [replace(guest("rennes", vmid), status="paused") for vmid in paused]
        halted = replace(guest("rennes", 106), status="io-error")
        await change.put(GUESTS, [*rows, halted, guest("rennes", 107)])
        await change.put(
            SUSPENSIONS,
            [
                case("S-1", "applied"),
                case("S-2", "applied"),
                case("S-3", "applied", rehearsal=True),
                case("S-4", "closed"),
            ],
        )
        await change.put(
            SUSPENDED_GUESTS,
            [
                *(kept("S-1", vmid) for vmid in (100, 101, 106, 107)),
                *(kept("S-2", 101), kept("S-2", 102, "restored")),
                *(kept("S-3", 103), kept("S-4", 104)),
            ],
        )
    async with writer.snapshot() as db:
        listed = await guest_counts.troubled_guests(db, ("paused", "io-error"))
        counts = {one.status: one.number for one in await guest_counts.guest_counts(db)}
    assert [one.vmid for one in listed] == [102, 103, 104, 105, 106]
    assert counts == {"paused": 4, "suspended": 2, "io-error": 1, "running": 1}
