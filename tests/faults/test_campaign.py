"""A handful of each family, and the proof that the campaign notices what it looks for."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.evidence import Query, search
from tests.faults.estate import ground
from tests.faults.families import FAMILIES, SIZES
from tests.faults.figures import HEADING, Family, Lost, table

pytestmark = pytest.mark.anyio
SEED = 8
QUICK = ("kills", "storage")


@pytest.mark.parametrize(
    "name",
    [one if one in QUICK else pytest.param(one, marks=pytest.mark.long) for one in FAMILIES],
)
async def test_a_handful_costs_nothing(name: str, tmp_path: Path) -> None:
    family = await FAMILIES[name](tmp_path, SEED, SIZES["handful"][name])
    assert family.tried >= SIZES["handful"][name]
    assert family.lost == []


async def test_what_was_acknowledged_and_is_gone_is_lost(tmp_path: Path) -> None:
    async with ground(tmp_path, SEED) as there:
        await there.start()
        await there.write_note("kept")
        await there.check()
        there.told.notes[99] = "never written"
        with pytest.raises(Lost, match=r"note \[99\] is not there"):
            await there.check()


async def test_an_entry_that_was_changed_is_lost(tmp_path: Path) -> None:
    async with ground(tmp_path, SEED) as there:
        await there.start()
        await there.write_note("kept")
        await there.stop()
        async with there.reading() as db:
            (entry,) = await search(db, Query(kind="handover.", limit=1))
        with closing(sqlite3.connect(there.database, isolation_level=None)) as file:
            for (trigger,) in file.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                file.execute(f"DROP TRIGGER {trigger}")
            file.execute(
                "UPDATE evidence_payload SET content = x'7b7d' WHERE seq = ?", (entry.seq,)
            )
        with pytest.raises(Lost, match="the chain is"):
            await there.check()


async def test_an_order_that_was_given_twice_is_lost(tmp_path: Path) -> None:
    async with ground(tmp_path, SEED) as there:
        await there.start()
        await there.write_note("kept")
        there.simulator.world.count("rennes", "POST", "/nodes/{node}/qemu/{vmid}/status/reboot")
        with pytest.raises(Lost, match="asked 1 times"):
            await there.check()


def test_the_table_has_figures_and_causes() -> None:
    family = Family("kills")
    family.count("kill 1")
    family.count("kill 2", "note 7 is not there")
    assert table([family]).splitlines() == [
        HEADING,
        "kills              2         1      1         0",
        "LOST  kills: kill 2: note 7 is not there",
    ]
