"""Which guests a suspension holds now: rehearsals and cases that are over hold none."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from storage.database import Writer
from storage.suspension import (
    SUSPENDED_GUESTS,
    SUSPENSIONS,
    SuspendedGuest,
    Suspension,
    held_by_tenant,
    held_guests,
)
from tests.support.changes import recorded

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
CASE = Suspension(
    "S-1", "acme", "Acme", "spam", "suspended", False, NOW, NOW, None, None, False, None, "{}"
)


async def test_held_are_those_of_cases_in_force(tmp_path: Path) -> None:
    cases = [
        CASE,
        replace(CASE, id="S-2", rehearsal=True),
        replace(CASE, id="S-3", state="closed"),
        replace(CASE, id="S-4", tenant="globex", state="partially-suspended"),
    ]
    guests = [
        SuspendedGuest("S-1", "rennes", 101, "web", "suspended", "", NOW),
        SuspendedGuest("S-1", "rennes", 102, "db", "restored", "", NOW),
        SuspendedGuest("S-2", "rennes", 103, "a", "suspended", "", NOW),
        SuspendedGuest("S-3", "rennes", 104, "b", "suspended", "", NOW),
        SuspendedGuest("S-4", "rennes", 105, "c", "configured", "", NOW),
    ]
    writer = await Writer.open(tmp_path / "noc.db", clock_now=lambda: NOW)
    try:
        async with recorded(writer) as change:
            await change.put(SUSPENSIONS, cases)
            await change.put(SUSPENDED_GUESTS, guests)
        held = {("rennes", 101): "S-1", ("rennes", 105): "S-4"}
        assert await held_guests(writer) == held
        assert sorted(await held_by_tenant(writer)) == ["acme", "globex"]
    finally:
        await writer.close()
