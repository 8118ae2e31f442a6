"""A register that is handed in is taken as a whole or not at all."""

import asyncio
from pathlib import Path

import pytest

from noc_tui import register
from noc_tui.clock import SteppedClock
from noc_tui.cluster.difference import Changes, Difference
from noc_tui.cluster.snapshot import Pool
from noc_tui.daemon import tenants
from noc_tui.daemon.errors import BadRequest, Conflict, Unavailable
from noc_tui.daemon.part import PollResult
from noc_tui.daemon.tenants.importing import Handed, checked, put_in_place
from noc_tui.daemon.tenants.rows import register_rows
from storage.register import QUOTAS, replace_register

from .context import START, made_context

GOOD = '[[tenant]]\nid = "acme"\nname = "Acme"\nemail = "a@acme.example.fr"\npools = ["acme"]\n'


def test_a_good_register_is_taken(tmp_path: Path) -> None:
    target, tenants = checked(Handed("new.toml", GOOD), tmp_path / "tenants.toml")
    assert [tenant.id for tenant in tenants] == ["acme"]
    assert target == tmp_path / "tenants.toml"


def test_every_mistake_is_answered_with_its_line(tmp_path: Path) -> None:
    bad = GOOD.replace('"Acme"', "3").replace("a@acme", "acme")
    with pytest.raises(BadRequest) as refused:
        checked(Handed("new.toml", bad), tmp_path / "tenants.toml")
    assert "new.toml:3: acme: name" in str(refused.value)
    assert "new.toml:4: acme: email" in str(refused.value)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"new\.csv"):
        checked(Handed("new.csv", GOOD), tmp_path / "tenants.toml")


def test_without_a_configured_register_nothing_is_taken() -> None:
    with pytest.raises(Conflict, match="register"):
        checked(Handed("new.toml", GOOD), None)


def test_the_file_is_replaced_in_one_step_and_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "tenants.toml"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o600)
    put_in_place(target, GOOD)
    assert target.read_text(encoding="utf-8") == GOOD
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be written"):
        put_in_place(tmp_path / "nowhere" / "tenants.toml", GOOD)


@pytest.mark.anyio
async def test_the_highest_quotas_that_a_register_may_hold_can_be_stored(tmp_path: Path) -> None:
    highest = (1 << 33) - 1
    quotas = f"quotas = {{ vcpus = {highest}, memory_gib = {highest}, disk_gib = {highest} }}\n"
    read = register.parse(GOOD + quotas, tmp_path / "tenants.toml")
    resolution = register.resolve(read, [("rennes", "acme")])
    rows = register_rows(read, resolution, (), (), START.date())
    async with made_context(tmp_path) as context:
        async with context.writer.transaction() as tx:
            await replace_register(tx, rows)
        (stored,) = await QUOTAS.read(context.writer)
    assert stored.memory == highest << 30


@pytest.mark.anyio
async def test_without_a_register_nobody_looks_for_one_all_the_time(tmp_path: Path) -> None:
    async with made_context(tmp_path) as context:
        built = tenants.build(context)
        gone: Changes[Pool] = Changes(removed=(Pool("acme"),))
        pools = Difference(
            Changes(), Changes(), Changes(), gone, Changes(), quorum_changed=False,
            version_changed=False,
        )  # fmt: skip
        await built.polled(PollResult("rennes", START, None, pools, None, 1))
        working = asyncio.create_task(built.run())
        for _ in range(200):
            await asyncio.sleep(0)
        assert isinstance(context.clock, SteppedClock)
        assert context.clock.waiting <= 2
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
