"""Heads are time-stamped by an authority, kept as entries, and checked by us and by openssl."""

import asyncio
import json
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import msgspec
import pytest

from noc_tui.clock import SteppedClock
from noc_tui.config.values import AnchorConfig, EvidenceConfig
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.evidence.service import EvidenceService
from noc_tui.evidence.time_stamps import (
    STAMPED,
    BadTimeStampError,
    TimeStamp,
    check_time_stamp,
    load_certificates,
    request_for,
    take_answer,
)
from storage import evidence
from storage.evidence import Query
from storage.heads import HEAD
from tests.daemon.evidence.test_service import note, running
from tests.support.commands import Called, call_in_thread
from tests.support.tsa import NAME, Authority, make_authority, served
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("tsa") / "one")


@pytest.fixture
async def authority(made: Authority) -> AsyncIterator[Authority]:
    made.down = made.twisted = False
    made.asked = 0
    async with served(made) as one:
        yield one


@asynccontextmanager
async def stamping(
    directory: Path, anchor: AnchorConfig
) -> AsyncIterator[tuple[Context, EvidenceService]]:
    async with running(directory, EvidenceConfig(), anchor=anchor) as found:
        yield found


async def stamps(context: Context) -> list[TimeStamp]:
    """The newest first."""
    found = await evidence.search(context.writer, Query(kind=STAMPED))
    return [msgspec.json.decode(one.payload or "", type=TimeStamp) for one in found]


async def stamped(context: Context, number: int, step: float = 1) -> list[TimeStamp]:
    """Let the daemon's time pass until there are so many."""
    clock = context.clock
    assert isinstance(clock, SteppedClock)
    return await until(
        lambda: stamps(context),
        lambda found: len(found) >= number,
        meanwhile=lambda: clock.advance(step),
    )


async def command(*words: str | Path) -> Called:
    return await call_in_thread("evidence", ["--lang", "en", *map(str, words)])


def by_openssl(head: Path, authority: Authority) -> int:
    """The exit code of the check that an expert makes without our programs."""
    files = ("-data", head, "-in", head.with_suffix(".tsr"), "-CAfile", authority.ca_file)
    line = ["openssl", "ts", "-verify", *map(str, files)]
    return subprocess.run(line, capture_output=True, check=False).returncode


async def test_each_time_stamp_is_checked_by_verify_and_by_openssl(
    tmp_path: Path, authority: Authority
) -> None:
    anchor = AnchorConfig(tsa_url=authority.url, tsa_ca_file=authority.ca_file, tsa_every=60)
    async with stamping(tmp_path, anchor) as (context, _built):
        (first,) = await stamped(context, 1)
        await note(context, "credit.claimed")
        newest, _first = await stamped(context, 2)
        database = context.config.database.path
    assert (first.signed_head.count, first.authority) == (1, NAME)
    assert newest.signed_head.count > 1
    verify = ("evidence", "verify", "--database", database)
    said = await command(*verify, "--tsa-ca", authority.ca_file)
    assert (said.code, said.out) == (0, "intact\n"), said.err
    assert f"{newest.signed_head.count} entries existed at {newest.at}, as {NAME} states" in (
        said.err
    )
    without = await command(*verify)
    assert "time stamps NOT CHECKED" in without.err
    said = await command(*verify, "--json")
    assert '"time_stamps": "not-checked"' in said.out

    out = tmp_path / "out"
    listed = await command("evidence", "time-stamps", "--database", database, "--out", out)
    assert len(listed.out.splitlines()) == 2, listed.err
    head = out / f"head-{newest.signed_head.count}.json"
    assert HEAD.decode(head.read_bytes()) == newest.signed_head
    assert by_openssl(head, authority) == 0
    head.write_bytes(head.read_bytes() + b" ")
    assert by_openssl(head, authority) != 0


@pytest.mark.parametrize("fault", ["down", "twisted"])
async def test_an_authority_that_fails_is_asked_again_later(
    tmp_path: Path, authority: Authority, fault: str
) -> None:
    anchor = AnchorConfig(tsa_url=authority.url, tsa_ca_file=authority.ca_file, tsa_every=60)
    async with stamping(tmp_path, anchor) as (context, _built):
        await stamped(context, 1)
        setattr(authority, fault, True)
        await note(context, "credit.claimed")
        before = authority.asked
        clock = context.clock
        assert isinstance(clock, SteppedClock)
        await until(  # after 30 seconds, and again after 60
            lambda: authority.asked >= before + 3 and bool(context.failures.unstamped),
            meanwhile=lambda: clock.advance(5),
        )
        assert len(await stamps(context)) == 1
        setattr(authority, fault, False)
        newest, _first = await stamped(context, 2, 30)
        assert newest.signed_head.count > 1
        assert authority.asked - before <= 5
        assert context.failures.unstamped == ""


async def test_nothing_is_asked_without_an_authority(tmp_path: Path, authority: Authority) -> None:
    async with stamping(tmp_path, AnchorConfig(tsa_ca_file=authority.ca_file)) as (context, _built):
        await note(context, "credit.claimed")
        await asyncio.sleep(0.2)
        assert await stamps(context) == []
    assert authority.asked == 0


async def test_a_stamp_of_an_unknown_authority_or_over_something_else_does_not_hold(
    tmp_path: Path, made: Authority
) -> None:
    line = '{"count":1}'
    asked = request_for(line)
    answer = made.stamp(asked.as_bytes())
    trusted = load_certificates(made.ca_file)
    stamp = take_answer(line, asked, answer, trusted)
    stranger = load_certificates(make_authority(tmp_path / "other").ca_file)
    with pytest.raises(BadTimeStampError, match="not the authority's"):
        check_time_stamp(stamp, stranger)
    with pytest.raises(BadTimeStampError, match="something else"):
        check_time_stamp(msgspec.structs.replace(stamp, head='{"count":2}'), trusted)
    with pytest.raises(BadTimeStampError, match="does not state"):
        check_time_stamp(msgspec.structs.replace(stamp, at="2020-01-01T00:00:00Z"), trusted)
    with pytest.raises(BadTimeStampError, match="another request"):
        take_answer(line, request_for(line), answer, trusted)
    with pytest.raises(BadTimeStampError):
        take_answer(line, asked, b"<html>", trusted)


async def test_a_history_that_was_rewritten_under_a_time_stamp_is_forked(
    tmp_path: Path, authority: Authority
) -> None:
    """The stamp is taken over into another life of the same length, as who has the key could."""
    anchor = AnchorConfig(tsa_url=authority.url)
    async with stamping(tmp_path, anchor) as (context, _built):
        (stamp,) = await stamped(context, 1)
    other = tmp_path / "other"
    other.mkdir()
    async with stamping(other, AnchorConfig()) as (context, _built):
        async with context.writer.change(evidence.Actor(0, "root")) as change:
            await change.record(STAMPED, [], msgspec.structs.asdict(stamp))
        database = context.config.database.path
    said = await command("evidence", "verify", "--database", database, "--json")
    assert (said.code, json.loads(said.out)["verdict"]) == (1, "forked")
    with closing(sqlite3.connect(database)) as file:
        ((count,),) = file.execute("SELECT count(*) FROM evidence").fetchall()
    assert count >= stamp.signed_head.count
