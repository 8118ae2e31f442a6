"""A register that says otherwise of months that are over needs two people, and no closed month."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.api.register import Imported, RegisterFile
from noc_tui.config import RegisterConfig
from noc_tui.contract.calendar import Month, micros
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.server import Call
from noc_tui.daemon.monthend.closing import close_month
from noc_tui.daemon.tenants.service import TenantService
from noc_tui.queries.month_end import read_month_end
from noc_tui.queries.record_check import INTACT_RECORD
from noc_tui.roles import Caller, Role
from noc_tui.views.past_terms import list_past_changes
from storage.evidence import Query, search
from storage.inventory import SOURCES
from storage.months import FIGURES, MonthFigure
from storage.register import AMOUNTS, TENANTS, TenantAmount
from tests.support.changes import recorded
from tests.support.context import START, made_context
from tests.support.played_estate import tenant

pytestmark = pytest.mark.anyio

LEA, LOU = Caller(1002, "lea", Role.LEAD), Caller(1003, "lou", Role.LEAD)
PAST = Month.of(micros(START)).previous
REGISTER = """
[[tenant]]
id = "acme"
name = "Acme"
email = "a@acme.example.fr"
pools = ["acme"]
contract_start = 2025-01-01
amount = [{from = 2025-01-01, monthly = "1250.00"}]
"""
CHEAPER = REGISTER.replace("1250.00", "900.00")


@dataclass
class Kept:
    """The service over a register of which a month that is over has figures."""

    context: Context
    service: TenantService
    file: Path

    async def take(self, who: Caller, text: str) -> Imported:
        return await self.service.take(Call(who, RegisterFile("r.toml", text), {}, {}))

    async def waiting(self) -> list[str]:
        """What is in the way of closing the month that is over."""
        async with self.context.writer.snapshot() as db:
            now, book = micros(self.context.clock.now()), self.context.terms
            found = await read_month_end(db, PAST, now, book, INTACT_RECORD)
        return [one.id for one in found.blocking]

    async def amounts(self) -> list[str]:
        return [str(row.amount) for row in await AMOUNTS.read(self.context.writer)]


@asynccontextmanager
async def opened(tmp_path: Path) -> AsyncIterator[Kept]:
    file = tmp_path / "tenants.toml"
    file.write_text(REGISTER, encoding="utf-8")
    async with made_context(tmp_path) as context:
        context.config = msgspec.structs.replace(context.config, register=RegisterConfig(file=file))
        service = TenantService(context)
        await service.look()
        figure = MonthFigure("acme", str(PAST), 1, 1, 0, 0, 0, 0, 0, open=False, terms="1")
        async with recorded(context.writer) as change:
            await change.put(FIGURES, [figure])
        yield Kept(context, service, file)


async def test_an_amount_of_the_past_waits_for_another_person(tmp_path: Path) -> None:
    async with opened(tmp_path) as kept:
        first = await kept.take(LEA, CHEAPER)
        assert (first.tenants, first.proposed is not None) == (0, True)
        assert await kept.waiting() == [f"register:{first.proposed}"]
        assert await kept.amounts() == ["1250.00"]
        with pytest.raises(Conflict, match="another person"):
            await kept.take(LEA, CHEAPER)
        assert (await kept.take(LOU, CHEAPER)).proposed is None
        assert await kept.amounts() == ["900.00"]
        assert await kept.waiting() == []
        (entry,) = await search(kept.context.writer, Query(kind="register.imported"))
        assert '"by":"lea"' in (entry.payload or "")
        assert entry.account == "lou"


async def test_another_text_is_another_proposal(tmp_path: Path) -> None:
    async with opened(tmp_path) as kept:
        await kept.take(LEA, CHEAPER)
        other = await kept.take(LOU, CHEAPER.replace("900.00", "1.00"))
        assert other.proposed is not None
        assert await kept.amounts() == ["1250.00"]


@pytest.mark.parametrize(
    "text",
    [
        REGISTER.replace('"Acme"', '"Acme SARL"'),
        REGISTER.replace("}]", '}, {from = 2098-01-01, monthly = "1.00"}]'),
    ],
)
async def test_what_changes_no_past_month_is_taken_at_once(tmp_path: Path, text: str) -> None:
    async with opened(tmp_path) as kept:
        assert (await kept.take(LEA, text)).proposed is None
        assert kept.file.read_text(encoding="utf-8") == text


async def test_the_file_written_by_hand_changes_no_past_month(tmp_path: Path) -> None:
    async with opened(tmp_path) as kept:
        await asyncio.to_thread(kept.file.write_text, CHEAPER, encoding="utf-8")
        await kept.service.look()
        assert await kept.amounts() == ["1250.00"]
        source = await SOURCES.get(kept.context.writer, "", "register")
        assert source is not None
        assert "acme" in (source.error or "")
        await kept.take(LEA, CHEAPER)
        await kept.take(LOU, CHEAPER)
        assert await kept.amounts() == ["900.00"]


async def test_a_closed_month_is_reopened_first(tmp_path: Path) -> None:
    async with opened(tmp_path) as kept:
        async with kept.context.writer.change(itself()) as change:
            await close_month(
                change,
                LEA,
                PAST,
                frozenset(["unmeasured:acme"]),
                "nobody measured",
                book=kept.context.terms,
                check=INTACT_RECORD,
            )
        with pytest.raises(Conflict, match="reopens the month first"):
            await kept.take(LEA, CHEAPER)
        assert await TENANTS.get(kept.context.writer, "acme") is not None
        assert await kept.amounts() == ["1250.00"]


DAYS = st.dates(date(2025, 1, 1), date(2026, 6, 30))
NOW = micros(datetime(2026, 7, 1, tzinfo=UTC))
MONTHS = [Month(2026, number) for number in range(1, 7)]


@given(DAYS, DAYS, st.integers(1, 9), st.integers(1, 9))
def test_a_register_changes_the_past_where_its_months_rest_on_something_else(
    first: date, second: date, one: int, two: int
) -> None:
    def rows(start: date, amount: int) -> dict[str, list[msgspec.Struct]]:
        row = msgspec.structs.replace(tenant("acme"), contract_start=start)
        return {"acme": [row, TenantAmount("acme", date(2020, 1, 1), Decimal(amount))]}

    book = load_shipped_book()
    found = list_past_changes(rows(first, one), rows(second, two), MONTHS, NOW, book)
    expected = []
    for month in MONTHS:
        was, will = (max(day, month.first_day) for day in (first, second))
        gone = [day > month.last_day for day in (was, will)]
        if all(gone):
            continue
        if gone[0] != gone[1] or was != will or one != two:
            expected.append(str(month))
    assert [change.month for change in found] == expected
    assert list_past_changes(rows(first, one), rows(first, one), MONTHS, NOW, book) == []
