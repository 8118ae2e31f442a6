"""`noc-tui payments list`: each debt with its state, its formal notice and its case."""

import json
from pathlib import Path

import pytest

from tests.console import estate
from tests.console.screens.payments.test_payments import write_debts
from tests.support.commands import call_in_thread

pytestmark = pytest.mark.anyio


async def listed(tmp_path: Path, *words: str) -> tuple[int, str]:
    database = estate.configuration(tmp_path).database.path
    await write_debts(database)
    config = tmp_path / "console.toml"
    config.write_text(
        f'[database]\npath = "{database}"\n[socket]\npath = "{tmp_path / "nocd.sock"}"\n'
    )
    line = ["--lang", "en", "--config", str(config), "payments", "list", *words]
    return (await call_in_thread("payments", line)).said


async def test_the_list_says_state_term_and_case(tmp_path: Path) -> None:
    code, text = await listed(tmp_path)
    assert code == 0, text
    rows = {row.split()[1]: row for row in text.splitlines()}
    assert "S-1" in rows["F-2026-001"]
    assert "2026-03-15" in rows["F-2026-001"]
    assert "paid" in rows["F-2026-002"]
    assert "disputed" in rows["F-2026-004[/]"]


async def test_the_document_keeps_its_fields_and_says_more(tmp_path: Path) -> None:
    code, text = await listed(tmp_path, "--tenant", "acme", "--json")
    assert code == 0
    first, second = json.loads(text)["invoices"]
    assert (first["reference"], first["amount"], first["paid"]) == ("F-2026-001", 144_750, 0)
    assert (first["case"], first["pay_by"]) == ("S-1", "2026-03-15")
    assert (second["state"], second["case"]) == ("paid", None)
