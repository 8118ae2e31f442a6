"""`noc-tui sla cap` without `nocd`: the cap of art. 12 and what counts against it."""

import asyncio
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from storage import settings
from storage.database import Writer
from storage.register import AMOUNTS, TENANTS, TenantAmount
from storage.reparations import REPARATIONS, Reparation
from tests.forgeries.rows import forge, sql
from tests.support.changes import recorded
from tests.support.commands import Called, call_command
from tests.support.context import START
from tests.support.played_estate import tenant


async def write(path: Path) -> None:
    writer = await Writer.open(path, clock_now=lambda: START)
    try:
        async with recorded(writer) as change:
            await change.put(TENANTS, [tenant("acme"), tenant("zeta")])
            await change.put(AMOUNTS, [TenantAmount("acme", date(2025, 1, 1), Decimal("1250.00"))])
            paid = Reparation(
                1, "acme", date(2026, 2, 1), Decimal("12000.00"), "settlement", "[b]lost[/] data",
                "T-4", capped=True, uncapped_because="", account="lea",
            )  # fmt: skip
            await change.put(REPARATIONS, [paid])
            await settings.put_clock(change, settings.ClockNumbers(START, 0.0, 1e-12))
    finally:
        await writer.close()


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    asyncio.run(write(tmp_path / "noc.db"))
    path = tmp_path / "noc.toml"
    path.write_text(
        f'[database]\npath = "{tmp_path}/noc.db"\n[socket]\npath = "{tmp_path}/s"\n',
        encoding="utf-8",
    )
    return path


def called(config: Path, *words: str) -> Called:
    return call_command(["sla", *words, "--config", str(config)])


def test_the_standing_is_one_json_document(configured: Path) -> None:
    found = called(configured, "cap", "--json")
    assert found.code == 0, found.err
    acme, zeta = json.loads(found.out)["tenants"]
    assert (acme["cap"], acme["used"], acme["left"], acme["percent"], acme["proposed"]) == (
        "15000.00", "12000.00", "3000.00", 80, "full",
    )  # fmt: skip
    assert (zeta["cap"], zeta["left"], zeta["percent"]) == (None, None, None)


def test_a_cap_that_the_record_does_not_bear_out_is_not_told(configured: Path) -> None:
    forge(configured.with_name("noc.db"), sql("UPDATE reparation SET amount = '1.00'"))
    found = called(configured, "cap", "--json", "--lang", "en")
    assert found.code == 1
    assert [one["tenant"] for one in json.loads(found.out)["tenants"]] == ["zeta"]
    assert "acme: not as recorded: reparation [1]" in found.err
    assert "acme" not in called(configured, "cap", "--lang", "en").out


def test_it_is_told_in_both_languages(configured: Path) -> None:
    english = called(configured, "cap", "--tenant", "acme", "--lang", "en").out
    assert "▲ €12,000.00 of €15,000.00" in english
    assert "[b]lost[/] data" in english
    french = called(configured, "cap", "--tenant", "acme", "--lang", "fr").out
    assert "Plafond (art. 12)" in french
    assert "transaction" in french
    assert "plafond inconnu" in called(configured, "cap", "--lang", "fr").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("cap", "--tenant", "nobody"), 2, "nobody"),
        (("reparation", "--tenant", "acme", "--amount", "x", "--on", "2026-03-01", "--kind",
          "damages", "--for", "x"), 2, "--amount"),
        (("reparation", "--tenant", "acme", "--amount", "1", "--on", "1/3", "--kind", "damages",
          "--for", "x"), 2, "--on"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(
    configured: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    found = called(configured, *words)
    assert (found.code, said in found.err) == (code, True)
