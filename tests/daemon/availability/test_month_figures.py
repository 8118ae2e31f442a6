"""The figures of several tenants are worked out, and stamped, at once."""

from datetime import date

import pytest

from noc_tui.daemon.availability.month_figures import refresh_figures_since
from noc_tui.daemon.core.identity import itself
from storage import evidence
from storage.change import Change
from storage.connection import Row
from storage.database import Writer
from storage.evidence import Query
from storage.months import FIGURES, STAMPED
from storage.register import Register, TenantPool, replace_register
from tests.support.changes import recorded
from tests.support.played_estate import Estate, tenant

pytestmark = pytest.mark.anyio


async def test_a_month_of_several_tenants_is_stamped_by_one_entry(
    estate: Estate, writer: Writer
) -> None:
    await estate.clock.advance(40 * 86400)
    march, april = estate.at(1), int(estate.clock.now().timestamp() * 1_000_000)
    async with writer.change(itself()) as change:
        await refresh_figures_since(change, {"acme": april, "zeta": march}, estate.context)
    rows = [(row.month, row.tenant) for row in await FIGURES.read(writer)]
    assert rows == [("2026-03", "zeta"), ("2026-04", "acme"), ("2026-04", "zeta")]
    stamped = await evidence.search(writer, Query(kind=STAMPED))
    assert sorted(sorted(one.subjects) for one in stamped) == [
        ["month:2026-03", "tenant:zeta"],
        ["month:2026-04", "tenant:acme", "tenant:zeta"],
    ]


async def test_nobody_has_no_figures(estate: Estate, writer: Writer) -> None:
    async with writer.change(itself()) as change:
        await refresh_figures_since(change, {}, estate.context)
    assert await FIGURES.read(writer) == []


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that a change reads with."""
    read: list[str] = []
    rows = Change.rows

    async def counted(self: Change, sql: str, parameters: object = ()) -> list[Row]:
        read.append(sql)
        return await rows(self, sql, parameters)  # type: ignore[arg-type]

    monkeypatch.setattr(Change, "rows", counted)
    return read


async def test_hundred_tenants_are_read_as_often_as_one(
    estate: Estate, writer: Writer, reads: list[str]
) -> None:
    names = [f"t{number:03}" for number in range(100)]
    register = Register(
        tenants=[tenant(name) for name in names],
        amounts=[],
        pools=[TenantPool("rennes", name, date(2020, 1, 1), None, name) for name in names],
    )
    async with recorded(writer) as change:
        await replace_register(change, register)
    asked = {}
    for number in (1, 100):
        reads.clear()
        async with writer.change(itself()) as change:
            since = dict.fromkeys(names[:number], estate.at(1))
            await refresh_figures_since(change, since, estate.context)
        asked[number] = len(reads)
    assert asked[1] == asked[100]
