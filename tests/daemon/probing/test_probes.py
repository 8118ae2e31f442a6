"""Probes over real sockets: what is an answer, what a canary is for, what comes from outside."""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from noc_tui.clock import ScaledClock, SystemClock
from noc_tui.config.values import Probe as ConfiguredProbe
from noc_tui.config.values import Vantage
from noc_tui.contract.calendar import SECOND
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.core.observations import Observation, Round
from noc_tui.daemon.probing.outside_reports import MOST_A_LOOK, MOST_TOLD, Drop
from noc_tui.daemon.probing.probe_plan import PlannedProbe, plan_probes
from noc_tui.daemon.probing.probe_sender import Sender
from noc_tui.prober import (
    CanaryIn,
    ProbeIn,
    Prober,
    ProberConfig,
    ProberReport,
    Sighting,
    key_of,
    load,
    public_key,
    sign_report,
    verify_report,
)
from noc_tui.probing import checks
from noc_tui.probing.canary import Canary
from noc_tui.probing.checks import ProbeResult, check
from noc_tui.probing.target import BadTargetError, Target
from storage.database import Writer
from storage.evidence import Query, search
from storage.ledger import PLACEMENTS
from storage.outages import OUTAGES, UNMEASURED
from storage.times import micros
from tests.support.dialling import closed_port
from tests.support.played_estate import START, STEP, Estate
from tests.support.waiting import PATIENCE_SECONDS, patience

pytestmark = pytest.mark.anyio


class Site:
    """A web server that answers, answers badly, or keeps silent."""

    def __init__(self) -> None:
        self.silent = False
        self.status = 200
        self.url = ""

    async def answer(self, _request: web.BaseRequest) -> web.StreamResponse:
        if self.silent:
            await asyncio.sleep(3600)
        return web.Response(status=self.status)


SILENCE_SECONDS = 0.2
"""How long a probe waits for a site that is silent."""


@pytest.fixture
async def site(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """A site whose silence is known soon; an answer has all the time that a busy machine needs."""
    made = Site()

    async def patiently(target: Target, _limit: float) -> ProbeResult:
        silent = made.silent and target == Target.parse(made.url)
        return await check(target, SILENCE_SECONDS if silent else PATIENCE_SECONDS)

    for module in ("prober", "probing.canary", "daemon.probing.probe_sender"):
        monkeypatch.setattr(f"noc_tui.{module}.check", patiently)
    runner = web.ServerRunner(web.Server(made.answer), shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        yield made
    finally:
        await runner.cleanup()


async def test_any_answer_over_tcp_proves_connectivity(site: Site) -> None:
    target = Target.parse(site.url)
    assert (await check(target, PATIENCE_SECONDS)).good is True
    site.status = 500
    assert await check(target, PATIENCE_SECONDS) == (True, "500")
    assert await check(Target.parse(f"http://127.0.0.1:{closed_port()}/"), PATIENCE_SECONDS) == (
        True,
        "econnrefused",
    )
    assert await check(Target.parse(f"tcp://127.0.0.1:{closed_port()}"), PATIENCE_SECONDS) == (
        True,
        "econnrefused",
    )
    tls = Target.parse(site.url.replace("http:", "https:"))
    assert (await check(tls, PATIENCE_SECONDS)).good is True


async def test_an_answer_from_one_of_several_addresses_is_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = closed_port()
    addresses = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{last}", port)) for last in (1, 2)
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: addresses)
    seen = await check(Target.parse(f"tcp://two.example.fr:{port}"), PATIENCE_SECONDS)
    assert seen == (True, "econnrefused")


async def test_a_canary_is_heard_as_soon_as_one_of_its_targets_answers(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.silent = True
    near = Target.parse(f"tcp://127.0.0.1:{closed_port()}")
    monkeypatch.setattr("noc_tui.probing.canary.check", check)
    canary = Canary([Target.parse(site.url), near], 3600)
    async with patience():
        assert await canary.sings()
    assert not await Canary([Target.parse(site.url)], 0.1).sings()
    assert not await Canary([], 0.1).sings()


async def test_silence_is_no_answer_and_an_unknown_name_concludes_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.silent = True
    assert await check(Target.parse(site.url), 0.2) == (False, "timeout")

    def unknown(*_args: object, **_more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    unresolved = Target.parse("tcp://nowhere.invalid:80")
    assert (await check(unresolved, PATIENCE_SECONDS)).good is None


async def test_icmp_that_is_not_permitted_concludes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused() -> socket.socket:
        raise PermissionError(13, "not permitted")

    monkeypatch.setattr(checks, "icmp_socket", refused)
    seen = await check(Target.parse("icmp://127.0.0.1"), 1)
    assert seen == (None, "icmp_not_permitted")


def test_a_target_that_is_none_says_what_one_looks_like() -> None:
    for text in ("ftp://x", "tcp://host", "https://", "http://[::1", ""):
        with pytest.raises(BadTargetError):
            Target.parse(text)


async def test_cutting_the_canary_and_every_probe_at_once_makes_no_outage(
    estate: Estate, writer: Writer, site: Site
) -> None:
    await estate.poll()
    target = Target.parse(site.url)
    canary = Canary([target], 0.2)
    done = asyncio.Event()

    async def take(seen: Round, tolerance: int) -> None:
        await estate.watch.probed(seen, tolerance)
        done.set()

    async def silent(observer: str, now: int, tolerance: int) -> None:
        await estate.watch.silent(observer, now, tolerance)
        done.set()

    sender = Sender(estate.clock, canary, take, silent)
    probe = PlannedProbe("probe:zeta/www", "probe:zeta/www", "zeta", target, 30.0, 0.2, 2)
    sender.plan([probe])
    try:
        for cut in (False, True, True, True, True, False):
            site.silent = cut
            done.clear()
            await asyncio.sleep(0)
            await estate.clock.advance(30)
            async with patience():
                await done.wait()
        await estate.poll()
    finally:
        await sender.stop()
    assert await OUTAGES.read(writer) == []
    (row,) = await UNMEASURED.read(writer)
    assert row.tenant == "zeta"
    assert row.end is not None
    assert (row.end - row.start) // SECOND == 150


@pytest.mark.parametrize(
    ("speed", "interval", "tolerated"), [(1.0, 30.0, 75), (1.0, 0.1, 1), (20.0, 1.0, 20)]
)
async def test_a_probe_that_takes_longer_than_its_interval_to_fail_is_no_silence(
    site: Site, speed: float, interval: float, tolerated: float
) -> None:
    """Its limits run in the machine's time, also where the clock is a demo's (two of 0.2 s)."""
    tolerances: list[int] = []

    async def take(seen: Round, tolerance: int) -> None:
        assert seen.observations[0].good is False
        tolerances.append(tolerance)

    async def silent(observer: str, now: int, tolerance: int) -> None:
        raise AssertionError

    near = Canary([Target.parse(f"tcp://127.0.0.1:{closed_port()}")], 0.2)
    sender = Sender(ScaledClock.starting(START, speed), near, take, silent)
    site.silent = True
    name = "probe:zeta/www"
    await sender.send(PlannedProbe(name, name, "zeta", Target.parse(site.url), interval, 0.2, 2))
    assert tolerances == [tolerated * SECOND]


async def test_a_report_from_outside_counts_once_and_only_with_its_signature(
    estate: Estate, writer: Writer, site: Site, tmp_path: Path
) -> None:
    await estate.poll()
    key = key_of(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    config = ProberConfig(
        name="elsewhere",
        key_file="key",
        drop="drop",
        probe=(ProbeIn("www", "zeta", site.url),),
        canary=(CanaryIn("near", f"tcp://127.0.0.1:{closed_port()}"),),
        timeout=0.3,
    )
    folder = tmp_path / "drop"
    prober = Prober(config, key, folder, estate.clock)
    taken: list[Round] = []

    async def take(seen: Round, tolerance: int) -> None:
        taken.append(seen)
        await estate.watch.probed(seen, tolerance)

    drop = Drop(
        folder, {"elsewhere": public_key(key)}, estate.clock, writer, take, estate.watch.silent
    )
    left = await prober.round()
    assert left is not None
    assert verify_report(left.read_bytes(), public_key(key)).interval == 30.0
    copy = left.read_bytes()
    await drop.look()
    assert [one.observations[0] for one in taken] == [
        Observation("probe:zeta/www@elsewhere", good=True, reason="200")
    ]
    assert taken[0].outside
    await estate.poll()
    left.write_bytes(copy)
    (folder / "elsewhere-2.observed").write_bytes(copy.replace(b'"good":true', b'"good":false'))
    (folder / "stranger-3.observed").write_bytes(copy)
    await drop.look()
    assert len(taken) == 1
    refused = await search(writer, Query(kind="prober.refused"))
    reasons = " ".join(entry.payload or "" for entry in refused)
    assert len(refused) == 3
    assert "older" in reasons
    assert "signature" in reasons
    assert "stranger" in reasons


def delivered(folder: Path, key: Ed25519PrivateKey) -> dict[str, str]:
    """What else may lie in the folder, by its name, with a word of what is said of it."""
    folder.mkdir()
    (folder / "elsewhere-1.observed").mkdir()
    (folder / "elsewhere-1.refused" / "full").mkdir(parents=True)  # it cannot be set aside
    (folder / "elsewhere-2.observed").symlink_to("/nowhere")
    (folder / "elsewhere-3.observed").symlink_to(folder / "elsewhere-4.observed")
    os.mkfifo(folder / "elsewhere-5.observed")
    with (folder / "elsewhere-6.observed").open("wb") as endless:
        endless.truncate(1 << 32)
    naive = ProberReport("elsewhere", datetime(2026, 3, 1), 30.0, ())  # noqa: DTZ001 - the point of it
    (folder / "elsewhere-7.observed").write_bytes(sign_report(naive, key))
    never = ProberReport("elsewhere", datetime(2026, 3, 1, tzinfo=UTC), 1e308, ())
    (folder / "elsewhere-8.observed").write_bytes(sign_report(never, key))
    return {
        "elsewhere-1": "not a file", "elsewhere-2": "cannot be read",
        "elsewhere-3": "cannot be read", "elsewhere-5": "not a file", "elsewhere-6": "not a file",
        "elsewhere-7": "not a signed report", "elsewhere-8": "not a signed report",
    }  # fmt: skip


async def test_whatever_is_delivered_is_set_aside_or_told_once(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    key = key_of(tmp_path / "key")
    expected = delivered(tmp_path / "drop", key)
    taken: list[Round] = []

    async def take(seen: Round, _tolerance: int) -> None:
        taken.append(seen)

    keys = {"elsewhere": public_key(key)}
    silent = estate.watch.silent
    drop = Drop(tmp_path / "drop", keys, estate.clock, writer, take, silent)
    for _ in range(2):
        await drop.look()
    assert taken == []
    refused = await search(writer, Query(kind="prober.refused"))
    said = [json.loads(entry.payload or "") for entry in refused]
    told = {one["file"].removesuffix(".observed"): one["reason"] for one in said}
    assert len(said) == len(told)
    assert {name: told[name][: len(word)] for name, word in expected.items()} == expected
    assert os.listdir(tmp_path / "drop").count("elsewhere-1.observed") == 1


async def test_a_flood_of_files_holds_up_no_vantage_and_floods_no_record(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await estate.poll()
    key, folder = key_of(tmp_path / "key"), tmp_path / "drop"
    folder.mkdir()
    for number in range(MOST_A_LOOK * 2):
        (folder / f"a-{number}.observed").write_bytes(b"rubbish")
    seen = Sighting("www", "zeta", good=True, reason="200", icmp=False)
    report = ProberReport("elsewhere", estate.clock.now(), 30.0, (seen,))
    (folder / "elsewhere-1.observed").write_bytes(sign_report(report, key))
    taken: list[Round] = []

    async def take(one: Round, _tolerance: int) -> None:
        taken.append(one)

    keys = {"elsewhere": public_key(key)}
    drop = Drop(folder, keys, estate.clock, writer, take, estate.watch.silent)
    await drop.look()
    assert len(taken) == 1
    assert sum(name.endswith(".refused") for name in os.listdir(folder)) == MOST_A_LOOK - 1
    refused = await search(writer, Query(kind="prober.refused", limit=1000))
    said = [json.loads(entry.payload or "") for entry in refused]
    assert len(said) == MOST_TOLD + 1
    assert sum(one.get("files", 1) for one in said) == MOST_A_LOOK - 1


async def test_a_vantage_that_is_cut_off_itself_leaves_nothing(site: Site, tmp_path: Path) -> None:
    site.silent = True
    config = ProberConfig(
        name="elsewhere",
        key_file="key",
        drop="drop",
        probe=(ProbeIn("www", "zeta", site.url),),
        canary=(CanaryIn("near", site.url),),
        timeout=0.2,
    )
    prober = Prober(config, key_of(tmp_path / "key"), tmp_path / "drop", SystemClock())
    assert await prober.round() is None


def test_a_round_that_may_take_longer_than_the_interval_says_so() -> None:
    config = ProberConfig("far", "key", "drop", (), (CanaryIn("near", "icmp://::1"),), 3.0, 5.0)
    assert config.pace == 10.0


def test_the_example_of_a_prober_is_right() -> None:
    example = Path(__file__).parents[3] / "prober.example.toml"
    assert load(example).probe[0].tenant == "acme"


def elsewhere(tmp_path: Path, estate: Estate, target: str) -> Prober:
    """A vantage called elsewhere that probes Zeta; what is near it answers."""
    config = ProberConfig(
        name="elsewhere",
        key_file="key",
        drop="drop",
        probe=(ProbeIn("www", "zeta", target),),
        canary=(CanaryIn("near", f"tcp://127.0.0.1:{closed_port()}"),),
        interval=STEP,
        timeout=0.3,
    )
    return Prober(config, key_of(tmp_path / "key"), tmp_path / "drop", estate.clock)


def dropped(prober: Prober, estate: Estate, writer: Writer) -> Drop:
    keys = {"elsewhere": public_key(prober.key)}
    watch = estate.watch
    return Drop(prober.drop, keys, estate.clock, writer, watch.probed, watch.silent)


async def inside(estate: Estate, *, good: bool) -> None:
    """What `nocd` itself sees of Zeta now."""
    name, at = "probe:zeta/www", micros(estate.clock.now())
    seen = Round(name, at, [Observation(name, good, "")], {name: ("zeta", "")})
    await estate.watch.probed(seen, 900 * SECOND)


async def test_a_vantage_of_which_nothing_arrives_no_longer_says_that_all_is_well(
    estate: Estate, writer: Writer, site: Site, tmp_path: Path
) -> None:
    await estate.poll()
    prober = elsewhere(tmp_path, estate, site.url)
    await prober.round()
    await dropped(prober, estate, writer).look()
    await inside(estate, good=True)
    drop = dropped(prober, estate, writer)  # another nocd, which has heard nothing of it yet
    for _ in range(3):
        await estate.poll()
        await inside(estate, good=False)
        await drop.look()
    assert await OUTAGES.read(writer) == []
    assert [(row.start, row.end) for row in await UNMEASURED.read(writer)] == [
        (estate.at(2), None)  # from when the inside alone would not do any more
    ]
    site.silent = True
    await prober.round()
    await drop.look()
    await estate.poll()
    await prober.round()
    await inside(estate, good=False)
    await drop.look()
    (row,) = await OUTAGES.read(writer)
    assert (row.start, row.end) == (estate.at(4), None)
    (blind,) = await UNMEASURED.read(writer)
    assert (blind.start, blind.end) == (estate.at(2), estate.at(4))


async def test_a_vantage_is_not_silent_while_its_reports_may_be_on_their_way(
    estate: Estate, writer: Writer, site: Site, tmp_path: Path
) -> None:
    await estate.poll()
    prober = elsewhere(tmp_path, estate, site.url)
    await prober.round()
    drop = dropped(prober, estate, writer)
    for _ in range(4):  # two and a half intervals, and ten minutes
        await inside(estate, good=False)
        await drop.look()
        assert await UNMEASURED.read(writer) == []
        await estate.poll()
    await estate.poll()
    await drop.look()
    assert [row.start for row in await UNMEASURED.read(writer)] == [estate.at(1)]


async def test_failures_in_a_row_are_the_probes_own_number_or_the_general_one(
    estate: Estate, writer: Writer
) -> None:
    own = ConfiguredProbe(name="own", tenant="zeta", target="tcp://192.0.2.1:25", failures=5)
    general = msgspec.structs.replace(own, name="general", failures=None)
    estate.configure(own, general)
    config = estate.context.config
    stricter = msgspec.structs.replace(
        config, probing=msgspec.structs.replace(config.probing, failures=3)
    )
    terms = load_shipped_book()
    found = [
        [one.confirm for one in await plan_probes(writer, each, terms, date(2026, 3, 1))]
        for each in (config, stricter)
    ]
    assert found == [[5, 2], [5, 3]]


async def test_a_vantage_that_is_no_longer_configured_is_put_down(
    estate: Estate, writer: Writer, site: Site, tmp_path: Path
) -> None:
    await estate.poll()
    prober = elsewhere(tmp_path, estate, site.url)
    vantage = Vantage(name="elsewhere", public_key=public_key(prober.key))
    estate.configure(vantages=(vantage,), drop=prober.drop)
    await prober.round()
    await dropped(prober, estate, writer).look()
    await estate.watch.probes()
    source = "probe:zeta/www@elsewhere"
    assert [row.until for row in await PLACEMENTS.read(writer) if row.source == source] == [None]
    estate.configure()
    await estate.poll()
    await estate.watch.probes()
    assert [row.until for row in await PLACEMENTS.read(writer) if row.source == source] == [
        estate.at(2)
    ]
