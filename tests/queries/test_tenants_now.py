"""A tenant that is out is out, whatever its guests do: with cause, incident and budget."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.i18n import use
from noc_tui.labels.tenant_now import word_left, word_reason, word_state, word_tip
from noc_tui.queries.tenants_now import read_tenants_now
from noc_tui.views.tenant_now import TenantNow, tenant_state
from storage.database import Writer
from storage.guest_counts import TenantUse
from storage.incidents import INCIDENTS
from storage.outages import MAINTENANCE, Maintenance
from storage.times import micros
from tests.console import busy_estate, estate
from tests.console.estate import NOW
from tests.support.changes import recorded

pytestmark = pytest.mark.anyio


async def read(folder: Path) -> dict[str, TenantNow]:
    path = estate.configuration(folder).database.path
    await busy_estate.write(path)
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        async with recorded(writer) as change:
            (incident,) = [one for one in await INCIDENTS.read(change) if one.id == 2]
            await change.put(INCIDENTS, [replace(incident, owner="lea")])
            start = micros(NOW + timedelta(days=1))
            window = Maintenance(
                1, "switch", start, start + 7_200_000_000, ("globex",), "", "omar", 0, None, None, 1
            )  # fmt: skip
            await change.put(MAINTENANCE, [window])
        return await read_tenants_now(writer, NOW, load_shipped_book())
    finally:
        await writer.close()


async def test_everything_that_holds_of_a_tenant_that_is_out(tmp_path: Path) -> None:
    use("en")
    found = await read(tmp_path)
    globex = found["globex"]
    assert globex.is_out
    running = TenantUse("globex", 2, 2, 0, None, None, None)
    state = tenant_state(running, globex)
    assert word_state(state, globex, NOW) == "✖ OUT 52 min"
    assert word_reason(globex, NOW) == (
        "all instances unreachable · incident 2, lea · maintenance 2026-03-11 10:30"
    )
    assert globex.budget is not None
    assert word_left(globex.budget) == "10 % due"
    assert word_tip(globex.budget).startswith("25 %")
    acme = found["acme"]
    assert not acme.is_out
    assert acme.budget is not None
    assert acme.budget.tip_at is None


def uses(running: int, unknown: int = 0, guests: int = 20) -> TenantUse:
    return TenantUse("acme", guests, running, unknown, None, None, None)


@pytest.mark.parametrize(
    ("use_of_guests", "held", "state"),
    [
        (uses(20), 0, "up"),
        (uses(19), 0, "partial"),
        (uses(7, unknown=13), 0, "weakened"),
        (uses(0, unknown=1), 0, "unknown"),
        (uses(0), 0, "down"),
        (uses(0), 20, "suspended"),
        (uses(19), 1, "suspended"),
        (uses(0, guests=0), 0, "empty"),
        (None, 0, "empty"),
    ],
)
def test_the_worst_that_is_true(use_of_guests: TenantUse | None, held: int, state: str) -> None:
    assert tenant_state(use_of_guests, TenantNow(held_guests=held)) == state
