"""`noc-tui legal` without `nocd`: the sheets, filled from the registers, in both languages."""

import asyncio
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from storage import settings
from storage.database import Writer
from storage.legal_registers import (
    BREACH_NOTICES,
    BREACHES,
    SUBPROCESSORS,
    BreachNotice,
    DataBreach,
    Subprocessor,
)
from storage.register import TENANTS
from tests.forgeries.rows import forge, sql
from tests.support.changes import recorded
from tests.support.commands import Called, call_command
from tests.support.context import START
from tests.support.played_estate import tenant

FOUND = START - timedelta(hours=70)
BREACH = DataBreach(
    id=1, role="both", discovered_at=FOUND, began_at=None, ended_at=None,
    tenants=("acme", "zeta"), nature="a <b>backup</b> disk was lost", data="backups",
    people="about 40", consequences="", measures="disk blocked", risk="high",
    risk_reason="names", closed_at=None, closing="", account="omar",
)  # fmt: skip
HOUSING = Subprocessor(
    id=1, name="Second site", kind="sub-processor", service="housing", country="US",
    data="backups", contract="C-1", since=date(2026, 1, 1), ended_on=None, announced_on=None,
    announcement="", account="lea",
)  # fmt: skip


async def write(path: Path) -> None:
    writer = await Writer.open(path, clock_now=lambda: START)
    try:
        async with recorded(writer) as change:
            acme = replace(tenant("acme"), support="infogerance", support_billing="flat")
            await change.put(TENANTS, [acme, tenant("zeta")])
            await change.put(BREACHES, [BREACH])
            told = BreachNotice(1, "tenant:acme", START, "mail", "M-1", "", "omar")
            await change.put(BREACH_NOTICES, [told])
            await change.put(SUBPROCESSORS, [HOUSING])
            await settings.put_clock(change, settings.ClockNumbers(START, 0.0, 1e-12))
    finally:
        await writer.close()


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    asyncio.run(write(tmp_path / "noc.db"))
    path = tmp_path / "noc.toml"
    path.write_text(
        f'[database]\npath = "{tmp_path}/noc.db"\n[socket]\npath = "{tmp_path}/s"\n'
        '[hoster]\nname = "Exemple"\ncontact = "noc@example.fr"\n'
        '[[site]]\nname = "dc1"\ncountry = "FR"\n',
        encoding="utf-8",
    )
    return path


def called(config: Path, *words: str) -> Called:
    return call_command(["legal", *words, "--config", str(config)])


@pytest.mark.parametrize(
    "words",
    [
        ("breach-notice", "1", "--to", "authority"),
        ("breaches", "--format", "md"),
        ("subprocessors", "--format", "html"),
        ("processing",),
    ],
)
def test_no_sheet_is_drawn_of_rows_that_are_not_as_recorded(
    configured: Path, words: tuple[str, ...]
) -> None:
    forge(configured.with_name("noc.db"), sql("UPDATE data_breach SET risk = 'none'"))
    found = called(configured, *words, "--lang", "en")
    assert (found.code, found.out) == (1, "")
    assert "the register is not as recorded: data_breach [1]" in found.err


def test_a_list_names_what_is_not_as_recorded(configured: Path) -> None:
    forge(configured.with_name("noc.db"), sql("UPDATE data_breach SET discovered_at = 1"))
    found = called(configured, "breaches", "--lang", "en")
    assert found.code == 1
    assert "the register is not as recorded: data_breach [1]" in found.err
    assert "client acme" in found.out


def test_breaches_are_told_with_their_hours(configured: Path) -> None:
    found = called(configured, "breaches", "--lang", "en")
    assert found.code == 0, found.err
    assert "● client acme · GDPR art. 33(2)" in found.out
    assert "✖ client zeta" in found.out
    assert "▲ the CNIL · GDPR art. 33(1) · by" in found.out
    assert "72 h by law" in found.out
    (entry,) = json.loads(called(configured, "breaches", "--json").out)["breaches"]
    assert [(one["addressee"], one["told"]) for one in entry["duties"]] == [
        ("tenant:acme", True), ("tenant:zeta", False), ("authority", False), ("persons", False),
    ]  # fmt: skip


def test_a_notice_is_drawn_for_its_addressee_alone(configured: Path) -> None:
    client = called(configured, "breach-notice", "1", "--to", "tenant:acme", "--format", "html")
    assert client.code == 0, client.err
    assert "a &lt;b&gt;backup&lt;/b&gt; disk was lost" in client.out
    assert "zeta" not in client.out.lower()
    cnil = called(configured, "breach-notice", "1", "--to", "authority", "--lang", "fr")
    assert "CNIL" in cnil.out
    assert "Notification d’une violation de données personnelles" in cnil.out
    empty = called(configured, "breach-notice", "1", "--to", "persons")
    assert (empty.code, "--advice" in empty.err, empty.out) == (2, True, "")
    said = called(configured, "breach-notice", "1", "--to", "persons", "--advice", "change it")
    assert (said.code, "change it" in said.out) == (0, True)
    wrong = called(configured, "breach-notice", "1", "--to", "tenant:globex")
    assert (wrong.code, "tenant:acme" in wrong.err) == (2, True)
    assert called(configured, "breach-notice", "9", "--to", "authority").code == 2


def test_the_records_of_processing_are_filled_from_the_register(configured: Path) -> None:
    processor = called(configured, "processing", "--lang", "fr").out
    assert "sous-traitant (RGPD art. 30(2))" in processor
    assert "acme@example.fr" in processor.replace("\\", "")
    assert "Second site (US)" in processor.replace("\\", "")  # outside the EEA
    assert "à compléter" in processor
    controller = called(configured, "processing", "--role", "controller", "--lang", "en").out
    assert "60 months" in controller
    assert "Client" not in controller.split("Activities")[0]


def test_sub_processors_are_listed_and_drawn(configured: Path) -> None:
    listed = called(configured, "subprocessors", "--lang", "en").out
    assert "not announced" in listed
    drawn = called(configured, "subprocessors", "--format", "md", "--lang", "fr").out
    assert drawn.startswith("# Sous-traitants et prestataires")
    (row,) = json.loads(called(configured, "subprocessors", "--json").out)["subprocessors"]
    assert (row["country"], row["announced_on"]) == ("US", None)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("breach-open", "--role", "both", "--discovered", "now", "--nature", "x"), 2),
        (("subprocessor-end", "1", "--on", "1/3"), 2),
        (("breach-close", "1", "--closing", "found"), 3),
    ],
)
def test_what_cannot_be_is_said(configured: Path, words: tuple[str, ...], code: int) -> None:
    assert called(configured, *words).code == code
