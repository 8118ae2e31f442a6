"""A second contract by configuration alone: each tenant is held against its own terms."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from noc_tui.alerts.evaluate import evaluate
from noc_tui.cli import main, nocd
from noc_tui.config import load
from noc_tui.contract.terms import SHIPPED
from noc_tui.contract.terms_book import load_book
from noc_tui.daemon.alerts.collect_inputs import InputCollector
from noc_tui.threads import in_thread
from storage.database import Writer
from storage.months import FIGURES
from tests.support.played_estate import Estate, guest

pytestmark = pytest.mark.anyio

REGISTER = """
[[tenant]]
id = "acme"
name = "Acme"
email = "acme@example.fr"
pools = ["rennes/acme"]

[[tenant]]
id = "zeta"
name = "Zeta"
email = "zeta@example.fr"
pools = ["rennes/zeta"]
"""


def configuration(estate: Estate, folder: Path, tenant: str = "acme", rows: str = "") -> Path:
    """The estate's configuration on disk: `tenant` was promised 99.5 %."""
    terms = folder / "terms-99-5.toml"
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace('version = "1"', 'version = "99.5"').replace("999/1000", "995/1000")
    terms.write_text(text, encoding="utf-8")
    (folder / "tenants.toml").write_text(REGISTER, encoding="utf-8")
    file = folder / "noc.toml"
    config = estate.context.config
    file.write_text(
        f'[database]\npath = "{config.database.path}"\n[socket]\npath = "{config.socket.path}"\n'
        f'[register]\nfile = "tenants.toml"\n'
        f'[[contract.other_terms]]\nfile = "{terms.name}"\ntenants = ["{tenant}"]\n'
        f"from = 2026-03-01\n{rows}",
        encoding="utf-8",
    )
    return file


async def hour_out(estate: Estate, file: Path) -> None:
    """Both tenants are out for an hour of March, 99.87 %, under that configuration."""
    contract = load(file).contract
    book = load_book(contract.terms_file, contract.other_terms)
    estate.context = replace(estate.context, terms=book)
    estate.restart()
    await estate.poll(4)
    estate.put(*(guest(vmid, "acme", status="stopped") for vmid in (101, 102)))
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(12)
    estate.put(guest(101, "acme"), guest(102, "acme"), guest(201, "zeta"))
    await estate.poll(2)


async def document(capsys: pytest.CaptureFixture[bytes], file: Path, *words: str) -> Any:
    """What the command says, run beside the test's loop as it has one of its own."""
    assert await asyncio.to_thread(main, [*words, "--json", "--config", str(file)]) == 0
    return json.loads(capsys.readouterr().out)


async def test_list_and_statement_hold_each_tenant_against_its_own_terms(
    estate: Estate, writer: Writer, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = configuration(estate, tmp_path)
    await hour_out(estate, file)
    month = {row.tenant: row for row in await FIGURES.read(writer) if row.month == "2026-03"}
    assert {name: row.terms for name, row in month.items()} == {"acme": "99.5", "zeta": "1"}

    listed = {
        row["tenant"]: row for row in (await document(capsysbinary, file, "sla", "list"))["tenants"]
    }
    assert listed["acme"]["contractual"] == listed["zeta"]["contractual"]
    assert [listed[name]["tier"] for name in ("acme", "zeta")] == [0, 10]
    assert float(listed["acme"]["budget_left_seconds"]) > 0
    for name, version, tier in (("acme", "99.5", 0), ("zeta", "1", 10)):
        found = await document(
            capsysbinary, file, "sla", "statement", "--tenant", name, "--month", "2026-03"
        )
        assert (found["terms"], found["month_terms"], found["credit"]["tier"]) == (
            version, version, tier,
        )  # fmt: skip


async def test_who_nears_a_credit_is_alerted_by_its_own_terms(
    estate: Estate, tmp_path: Path
) -> None:
    file = configuration(estate, tmp_path)
    await hour_out(estate, file)
    found = evaluate(await InputCollector(estate.context).collect()).violations
    tipping = {str(one.subject) for one in found if one.rule == "tipping"}
    assert tipping == {"tenant:zeta/2026-03"}


async def test_a_month_that_is_over_keeps_the_terms_of_its_time(
    estate: Estate, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = configuration(estate, tmp_path)
    await hour_out(estate, file)
    await estate.sleep(9000)
    await estate.poll(2)
    left = file.read_text(encoding="utf-8").partition("[[contract")[0]
    file.write_text(left, encoding="utf-8")  # acme is under the ordinary terms since
    found = await document(capsysbinary, file, "sla", "list", "--month", "2026-03")
    assert {row["tenant"]: row["tier"] for row in found["tenants"]} == {"acme": 0, "zeta": 10}


@pytest.mark.parametrize(
    ("tenant", "rows", "key", "word"),
    [
        ("nobody", "", "contract.other_terms.#1.tenants", "nobody"),
        (
            "acme",
            '[[contract.other_terms]]\nfile = "terms-99-5.toml"\n'
            'tenants = ["zeta", "acme"]\nfrom = 2026-03-01\n',
            "contract.other_terms.#2.tenants",
            "acme",
        ),
        (
            "acme",
            '[[contract.other_terms]]\nfile = "none.toml"\ntenants = ["zeta"]\n',
            "contract.other_terms.#2.file",
            "none.toml",
        ),
    ],
)
async def test_check_refuses_terms_of_nobody_terms_given_twice_and_files_that_are_not_there(
    estate: Estate,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    tenant: str,
    rows: str,
    key: str,
    word: str,
) -> None:
    file = configuration(estate, tmp_path, tenant, rows)
    assert nocd(["check", "--config", str(file)]) == 2
    told = [line for line in capsys.readouterr().err.splitlines() if key in line]
    assert len(told) == 1
    assert str(file) in told[0]
    assert word in told[0]


async def test_check_passes_a_second_contract(estate: Estate, tmp_path: Path) -> None:
    file = configuration(estate, tmp_path)
    # It reads the database in a loop of its own, as a command does.
    assert await in_thread(nocd, ["check", "--config", str(file)]) == 0
    contract = load(file).contract
    assert contract.other_terms[0].file == tmp_path / "terms-99-5.toml"
    assert msgspec.structs.asdict(contract)["terms_file"] is None
