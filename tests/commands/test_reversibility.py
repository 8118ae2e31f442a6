"""`noc-tui reversibility` without `nocd`: what is owed, and what bars deletion."""

import asyncio
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from storage import settings
from storage.data_copies import DATA_COPIES, DataCopy
from storage.database import Writer
from storage.register import TENANTS
from tests.support.changes import recorded
from tests.support.commands import Called, call_command
from tests.support.context import START
from tests.support.played_estate import tenant

END = date(2026, 3, 1)
ASKED = START - timedelta(days=2)
COPY = DataCopy(
    1, "acme", "made", ASKED, "Ms Roux", "mail", "R-7", made_at=ASKED, guests=("rennes/101",),
    medium="encrypted disk", digest="ab" * 32, account="omar",
)  # fmt: skip


async def write(path: Path) -> None:
    """Acme, whose contract is over and which waits for its copy, and zeta, whose runs."""
    writer = await Writer.open(path, clock_now=lambda: START)
    try:
        async with recorded(writer) as change:
            acme = replace(tenant("acme"), contract_end=END, data_confirmed=END)
            await change.put(TENANTS, [acme, tenant("zeta")])
            await change.put(DATA_COPIES, [COPY])
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
    return call_command(["reversibility", *words, "--config", str(config)])


def test_what_is_owed_is_listed_with_its_day(configured: Path) -> None:
    found = called(configured, "list", "--json")
    assert found.code == 0, found.err
    (entry,) = json.loads(found.out)["tenants"]
    assert (entry["tenant"], entry["may_delete"], entry["due"]) == (
        "acme", False, {"1": "2026-03-16"},
    )  # fmt: skip
    assert entry["deletion_bars"] == ["copy-may-be-asked", "copy-open"]


def test_a_tenants_copies_are_told_in_both_languages(configured: Path) -> None:
    english = called(configured, "show", "acme", "--lang", "en").out
    assert "◔ copy made, to be handed over · No. 1" in english
    assert "To be handed over by: 2026-03-16" in english
    assert f"SHA-256: {'ab' * 32}" in english
    french = called(configured, "show", "acme", "--lang", "fr").out
    assert "◔ copie faite, à remettre" in french
    assert "une copie demandée n’a pas été reçue (art. 16.2)" in french


def test_a_tenant_that_is_not_there_is_named(configured: Path) -> None:
    found = called(configured, "show", "nobody")
    assert (found.code, "nobody" in found.err) == (2, True)


def test_a_step_needs_nocd(configured: Path) -> None:
    assert called(configured, "reject", "1", "--reason", "does not open").code == 3
