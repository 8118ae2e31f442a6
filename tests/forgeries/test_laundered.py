"""A row that somebody changes and a genuine act then writes: the values in the log name it.

The digest of the act's entry is of the row as it was found. Its values are those that became
others, so that they do not give that digest.
"""

import asyncio
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from noc_tui import cli
from storage.database import Writer
from storage.licences import LICENCES
from storage.reparations import REPARATIONS
from storage.tables import Table
from storage.verdict import Verdict
from storage.verify import verify
from tests.forgeries.rows import Lived, forge, lived_database, sql
from tests.support.changes import recorded

NOW = datetime(2026, 4, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return asyncio.run(lived_database(tmp_path_factory.mktemp("lived")))


async def write_again(path: Path, table: Table[Any], **fields: Any) -> None:
    """Another value in a row, as any act of a person brings it."""
    writer = await Writer.open(path, clock_now=lambda: NOW)
    async with recorded(writer) as change:
        (row,) = await table.read(change)
        await change.put(table, [msgspec.structs.replace(row, **fields)])
    await writer.close()


@pytest.mark.parametrize(
    ("forgery", "table", "fields"),
    [
        ("UPDATE reparation SET amount = '1.00'", REPARATIONS, {"withdrawn_because": "wrong"}),
        ("UPDATE reparation SET account = 'eve'", REPARATIONS, {"withdrawn_because": "wrong"}),
        ("UPDATE licence SET quantity = 2", LICENCES, {"note": "ended"}),
    ],
)
def test_what_an_act_took_over_is_named_from_the_log_alone(
    lived: Lived,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    forgery: str,
    table: Table[Any],
    fields: dict[str, Any],
) -> None:
    copied = Path(shutil.copy(lived.path, tmp_path / "noc.db"))
    rebuild = ["rebuild", "--from-evidence", "--database", str(copied), "--json"]
    asyncio.run(write_again(copied, table, **{next(iter(fields)): "before"}))
    assert cli.nocd(rebuild) == 0
    assert verify(copied).verdict is not Verdict.ALTERED_ROWS
    capsys.readouterr()
    forge(copied, sql(forgery))
    asyncio.run(write_again(copied, table, **fields))
    assert cli.nocd(rebuild) == 1
    differences = json.loads(capsys.readouterr().out)["differences"]
    assert {(one["table"], one["kind"]) for one in differences} == {(table.name, "altered")}
    report = verify(copied)
    assert report.verdict is Verdict.ALTERED_ROWS
    assert [one.table for one in report.altered] == [table.name]
