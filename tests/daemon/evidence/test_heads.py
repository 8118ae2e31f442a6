"""Heads are signed at once after what matters, soon after everything, and compared at the start."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from noc_tui.clock import SteppedClock
from noc_tui.config.values import EvidenceConfig as Settings
from noc_tui.daemon.alerts.collect_inputs import InputCollector
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.daemon.core.identity import actor, itself
from noc_tui.daemon.evidence.head_signer import HeadSigner
from noc_tui.daemon.evidence.unsigned_acceptance import accept_unsigned
from noc_tui.queries.kept_heads import known_head_file, read_known_head
from noc_tui.queries.record_check import check_record
from storage import evidence, heads, restoration
from storage.evidence import Query
from storage.head_comparison import COMPARED, last_comparison
from storage.heads import Head
from storage.resources import WATCH_MONTHS, WatchMonth
from storage.signing_rule import (
    FOUND_UNSIGNED,
    LONGEST_WAIT,
    UNSIGNED_ACCEPTED,
    read_found_unsigned,
)
from storage.verdict import Verdict
from tests.daemon.evidence.test_service import (
    covered,
    is_covered,
    note,
    played,
    running,
    until_asleep,
)
from tests.forgeries.chains import append, recompute
from tests.forgeries.rows import LEA, forge
from tests.forgeries.test_sums import STATES, put_back
from tests.support.context import START, made_context
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def settled(context: Context) -> None:
    """The head over the first key is signed, and the pace after it is over."""
    assert isinstance(context.clock, SteppedClock)
    await covered(context, 1)
    await until_asleep(context)
    await context.clock.advance(1)
    await until_asleep(context)


@pytest.mark.parametrize(
    "kind", ["credit.claimed", "suspension.approved", "register.authority", "register.read"]
)
async def test_a_head_follows_a_decision_before_any_time_passes(tmp_path: Path, kind: str) -> None:
    async with running(tmp_path, Settings()) as (context, _built):
        await settled(context)
        await note(context, kind)
        await covered(context, 2)


async def test_any_other_entry_is_covered_within_ten_minutes(tmp_path: Path) -> None:
    async with running(tmp_path, Settings(sign_every=7200)) as (context, _built):
        await settled(context)
        assert isinstance(context.clock, SteppedClock)
        clock, patience = context.clock, LONGEST_WAIT.total_seconds()
        await note(context, "incident.noted")
        await until(lambda: clock.wakes_in(patience))
        await clock.advance(patience - 1)
        assert await is_covered(context, 1)
        assert not await is_covered(context, 2)
        await until(lambda: clock.wakes_in(1))
        await clock.advance(1)
        await covered(context, 2)


async def test_a_burst_is_covered_by_a_few_heads(tmp_path: Path) -> None:
    async with running(tmp_path, Settings(anchor_file=tmp_path / "heads")) as (context, _built):
        await settled(context)
        assert isinstance(context.clock, SteppedClock)
        for _ in range(30):
            await note(context, "suspension.step.done")
        await covered(context, 2)
        await played(context, 31)
    assert len((tmp_path / "heads").read_bytes().splitlines()) <= 4


def added_by_another_hand(path: Path, kind: str = "credit.granted", at: int = 0) -> None:
    """Two entries more in the file, whose chain agrees."""

    def change(db: sqlite3.Connection) -> None:
        append(db, kind, ["tenant:acme"], {})
        seq = append(db, kind, ["tenant:acme"], {})
        if at:
            db.execute("UPDATE evidence SET at = ? WHERE seq = ?", (at, seq))
            recompute(db, seq)

    forge(path, change)


async def named(context: Context) -> list[tuple[int, int]]:
    async with context.writer.snapshot() as db:
        return [(one.first, one.last) for one in await read_found_unsigned(db)]


async def test_what_nocd_wrote_is_signed_whenever_it_dies(tmp_path: Path) -> None:
    """Between an entry and its signature there is no moment: nothing is found at the next start."""
    async with made_context(tmp_path) as context:
        await HeadSigner(context).take_key()
        await note(context, "credit.granted")
        await note(context, "availability.observed")
        assert check_record(context.writer.path).verdict is Verdict.INTACT
    async with made_context(tmp_path) as context:
        await note(context, "rows.adopted")  # before the key is there
        await HeadSigner(context).take_key()
        assert await named(context) == []
        assert check_record(context.writer.path).verdict is Verdict.INTACT


async def test_a_start_names_what_it_found_unsigned_until_a_lead_accepts_it(tmp_path: Path) -> None:
    async with made_context(tmp_path) as context:
        await HeadSigner(context).take_key()
        await note(context)
        path = context.writer.path
    added_by_another_hand(path)
    assert check_record(path).verdict is Verdict.UNSIGNED
    async with made_context(tmp_path) as context:
        signer = HeadSigner(context)
        await signer.take_key()
        await signer.sign()
        assert await named(context) == [(3, 4)]
        report = check_record(path)
        assert (report.verdict, report.first_bad) == (Verdict.UNSIGNED, 3)
        assert (await InputCollector(context).collect()).verdict == "unsigned"
        found = report.found_unsigned[0].entry
        async with context.writer.change(actor(LEA)) as change:
            await accept_unsigned(change, LEA, found, "the key's disk was away")
        async with context.writer.change(actor(LEA)) as change:
            with pytest.raises(Conflict):
                await accept_unsigned(change, LEA, found, "again")
            with pytest.raises(NotFound):
                await accept_unsigned(change, LEA, found - 1, "of nothing")
        report = check_record(path)
        assert report.verdict is Verdict.INTACT, report.reason
        assert report.found_unsigned[0].accepted_by == "lea"
        assert (await InputCollector(context).collect()).verdict == "intact"


@pytest.mark.parametrize("at", [0, 2**60, -(2**60)])
async def test_nocd_signs_nothing_silently_that_it_did_not_write(tmp_path: Path, at: int) -> None:
    """Whatever the instant is that the entry claims: it names it, and goes on signing."""
    async with running(tmp_path, Settings()) as (context, _built):
        await settled(context)
        await note(context)
        added_by_another_hand(context.writer.path, at=at)
        assert check_record(context.writer.path).verdict is Verdict.UNSIGNED
        async with context.writer.change(itself(), quiet=True):
            pass  # such as a poll that sees nothing new
        assert await named(context) == [(3, 4)]
        assert (await InputCollector(context).collect()).verdict == "unsigned"
        await note(context, "credit.granted")
        await played(context, 6)
        assert await named(context) == [(3, 4)]
        assert check_record(context.writer.path).verdict is Verdict.UNSIGNED


async def test_a_history_that_is_exchanged_under_nocd_is_named_from_its_beginning(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, Settings()) as (context, _built):
        await settled(context)
        await note(context)

        def another(db: sqlite3.Connection) -> None:
            db.execute("UPDATE evidence SET account = 'eve' WHERE seq = 2")
            recompute(db, 2)

        forge(context.writer.path, another)
        await note(context)
        assert await named(context) == [(1, 2)]


async def test_an_acceptance_that_nobody_signed_accepts_nothing(tmp_path: Path) -> None:
    async with made_context(tmp_path) as context:
        await HeadSigner(context).take_key()
        await note(context)
        path = context.writer.path
        added_by_another_hand(path)
        await note(context)
        ((found,),) = await context.writer.rows(
            "SELECT seq FROM evidence WHERE kind = ?", (FOUND_UNSIGNED,)
        )
        said = {"found": found, "first": 3, "last": 4, "reason": "x"}
        forge(path, lambda db: append(db, UNSIGNED_ACCEPTED, ["evidence:chain"], said))
        await note(context)
        assert check_record(path).verdict is Verdict.UNSIGNED
        assert await named(context) == [(3, 4), (found + 2, found + 2)]


@pytest.fixture
def strict_umask() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("strict_umask")
async def test_the_file_of_heads_is_for_the_owner_and_its_group(tmp_path: Path) -> None:
    outside = tmp_path / "heads"
    async with running(tmp_path, Settings(anchor_file=outside)) as (context, _built):
        await settled(context)
        await until(outside.exists)
    assert outside.stat().st_mode & 0o777 == 0o640


async def one_life(directory: Path, outside: Path, entries: int) -> Path:
    async with running(directory, Settings(anchor_file=outside)) as (context, _built):
        await settled(context)
        for _ in range(entries):
            await note(context, "credit.claimed")
        ((count,),) = await context.writer.rows("SELECT count(*) FROM evidence")
        await played(context, count)
        return context.config.database.path


async def found_at_start(directory: Path, outside: Path | None) -> tuple[str, str]:
    """The word on record, and the one that the alert reads."""
    async with running(directory, Settings(anchor_file=outside)) as (context, _built):
        await until_asleep(context)
        inputs = await InputCollector(context).collect()
        return (await last_comparison(context.writer)).verdict, inputs.verdict


async def test_a_start_on_the_chain_that_the_heads_know_says_nothing(tmp_path: Path) -> None:
    outside = tmp_path / "heads"
    await one_life(tmp_path, outside, 3)
    with outside.open("ab") as torn:
        torn.write(b'{"count":4,"ha')
    async with running(tmp_path, Settings(anchor_file=outside)) as (context, _built):
        await until_asleep(context)
        assert await evidence.search(context.writer, Query(kind=COMPARED)) == []


@pytest.mark.parametrize(
    ("kept_key", "anchored", "verdict"),
    [(True, True, "empty"), (True, False, "empty"), (False, True, "empty")],
)
async def test_a_database_that_was_emptied_is_said_on_record_and_alarmed(
    tmp_path: Path, kept_key: bool, anchored: bool, verdict: str
) -> None:
    outside = tmp_path / "heads"
    database = await one_life(tmp_path, outside, 3)
    for file in database.parent.glob("noc.db*"):
        file.unlink()
    if not kept_key:
        database.with_name("evidence.key").unlink()
    found = await found_at_start(tmp_path, outside if anchored else None)
    assert found == (verdict, verdict)


async def test_a_chain_that_was_cut_or_is_another_is_said_on_record_and_alarmed(
    tmp_path: Path,
) -> None:
    outside = tmp_path / "heads"
    await one_life(tmp_path, outside, 3)
    other = tmp_path / "other"
    other.mkdir()
    database = await one_life(other, tmp_path / "elsewhere", 1)
    key = database.with_name("evidence.key")
    key.write_bytes((tmp_path / "db" / "evidence.key").read_bytes())
    assert (await found_at_start(other, outside))[0] == "key-changed"

    (head, *_) = [
        msgspec.json.decode(line, type=Head) for line in outside.read_bytes().splitlines()[-1:]
    ]
    cut = tmp_path / "cut"
    cut.write_text(msgspec.structs.replace(head, count=1000).line() + "\n")
    assert (await found_at_start(tmp_path, cut))[0] == "key-changed"  # its signature is none


async def test_a_restored_copy_lacks_what_the_heads_count(tmp_path: Path) -> None:
    outside = tmp_path / "heads"
    database = await one_life(tmp_path, outside, 1)
    copy = database.read_bytes()
    await one_life(tmp_path, outside, 5)
    for file in database.parent.glob("noc.db*"):
        file.unlink()
    database.write_bytes(copy)
    assert await found_at_start(tmp_path, outside) == ("truncated", "truncated")
    # Once it has grown past the heads, it is another history.
    async with running(tmp_path, Settings()) as (context, _built):
        for _ in range(9):
            await note(context)
    assert (await found_at_start(tmp_path, outside))[0] == "forked"


async def watched(directory: Path, known: int, *, keeps: bool = True) -> Path:
    """A run that watched so long, without an entry for it; the database."""
    async with running(directory, Settings()) as (context, built):
        await settled(context)
        async with context.writer.change(itself()) as change:
            await change.put(WATCH_MONTHS, [WatchMonth("2026-03", "acme", "", "looked", known)])
        if keeps:
            await built.signer.keeper.keep()
        return context.config.database.path


async def test_rows_without_an_entry_that_were_put_back_are_found_at_the_start(
    tmp_path: Path,
) -> None:
    """The copy is whole, its chain is the same: only the head beside the key knows better."""
    path = await watched(tmp_path, 60)
    copy = path.read_bytes()
    await watched(tmp_path, 120)
    for file in path.parent.glob("noc.db*"):
        file.unlink()
    path.write_bytes(copy)
    assert check_record(path).verdict is Verdict.INTACT
    assert await found_at_start(tmp_path, None) == ("altered-rows", "altered-rows")
    assert check_record(path).verdict is Verdict.ALTERED_ROWS
    await found_at_start(tmp_path, None)
    report = check_record(path)
    assert {row.table for row in report.altered} == {"row_state"}


async def test_a_state_that_was_put_back_alone_is_found_at_the_start(tmp_path: Path) -> None:
    """The file still says how many changes there were: the state is of fewer, and so may the heads
    be that were kept since.
    """
    path = await watched(tmp_path, 60)
    before = tmp_path / "before.db"
    before.write_bytes(path.read_bytes())
    await watched(tmp_path, 120)
    forge(path, put_back([*STATES, "setting"], before))
    assert await found_at_start(tmp_path, None) == ("altered-rows", "altered-rows")
    report = check_record(path)
    assert "row_state" in {row.table for row in report.altered}


async def test_a_start_on_what_the_last_run_left_finds_nothing(tmp_path: Path) -> None:
    path = await watched(tmp_path, 60)
    await watched(tmp_path, 120, keeps=False)
    assert await found_at_start(tmp_path, None) == ("intact", "intact")
    assert check_record(path).verdict is Verdict.INTACT


async def test_a_head_that_disagrees_is_kept_as_the_proof(tmp_path: Path) -> None:
    path = await watched(tmp_path, 60)
    copy = path.read_bytes()
    async with running(tmp_path, Settings()) as (context, _built):
        await settled(context)
        await note(context, "credit.claimed")
        ((count,),) = await context.writer.rows("SELECT count(*) FROM evidence")
        known = known_head_file(context.config)
        await until(lambda: f'"count":{count},'.encode() in known.read_bytes())
    line = known.read_bytes()
    for file in path.parent.glob("noc.db*"):
        file.unlink()
    path.write_bytes(copy)
    for _ in range(2):
        assert (await found_at_start(tmp_path, None))[1] in ("truncated", "forked")
    assert known.read_bytes() == line


@pytest.mark.parametrize("entry", [True, False])
async def test_after_a_restore_the_head_beside_the_key_goes_on(tmp_path: Path, entry: bool) -> None:
    """What the restore put aside is no forgery, with entries of its own or without."""
    path = await watched(tmp_path, 60)
    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    await watched(tmp_path, 120)
    async with running(tmp_path, Settings()) as (context, built):
        await settled(context)
        if entry:
            await note(context, "credit.claimed")
        await built.signer.keeper.keep()
        config = context.config
        before = read_known_head(config)
    assert before is not None
    found = restoration.compare(copy, path, [before])
    key = heads.load_key(path.with_name("evidence.key"))
    await asyncio.to_thread(restoration.restore, copy, path, found, itself(), START, key)
    async with running(tmp_path, Settings()) as (context, built):
        await settled(context)
        await built.signer.keeper.keep()
        assert (await last_comparison(context.writer)).verdict == "intact"
        after = read_known_head(config)
    assert after is not None
    assert after != before
    report = check_record(path, [after])
    assert report.verdict is Verdict.INTACT, report.reason
