"""A small estate whose daemon meets faults, and what it acknowledged meanwhile."""

import argparse
import asyncio
import contextlib
import os
import pwd
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import msgspec

from noc_tui.api import announcements, guests, handover, incidents
from noc_tui.api.core import HEALTH
from noc_tui.api.endpoint import Request
from noc_tui.commands.demo_estate import Estate, configuration
from noc_tui.console.nocd.client import Nocd, NocdError
from noc_tui.simulator.mailbox import mailbox
from noc_tui.simulator.options import Options
from noc_tui.simulator.simulator import Simulator
from storage.database import Reader
from storage.incidents import INCIDENTS
from storage.intents import INTENTS
from storage.inventory import SOURCES
from storage.oncall import SHIFT_NOTES
from storage.outages import MAINTENANCE
from storage.outbox import MESSAGES
from storage.verdict import Verdict
from storage.verify import verify
from tests.faults.figures import Lost
from tests.faults.lives import Life

ROOT = Path(__file__).parents[2]
CLUSTER = "rennes"
SPEED = 20.0
PATIENCE_SECONDS = 180.0
LOOK_SECONDS = 0.05
WORKERS = 4
OURS = "load "
"""How the name begins of whatever the load asks for: each name is asked for once."""
RECEIVER = """
[[oncall.receiver]]
name = "duty"
kind = "json"
url = "{url}"
"""


@dataclass(slots=True)
class Acknowledged:
    """What `nocd` said it had done, each with a name of its own, and what was asked in all."""

    notes: dict[int, str] = field(default_factory=dict)
    incidents: dict[int, str] = field(default_factory=dict)
    orders: set[int] = field(default_factory=set)
    windows: dict[int, str] = field(default_factory=dict)
    asked: int = 0

    @property
    def number(self) -> int:
        """How many requests were acknowledged."""
        return sum(map(len, (self.notes, self.incidents, self.orders, self.windows)))


@dataclass(slots=True)
class Ground:
    """The estate. `told` is everything that was acknowledged since it stands."""

    directory: Path
    simulator: Simulator
    config: Path
    process: asyncio.subprocess.Process
    clock: Path | None = None
    reads_clock: bool = True
    told: Acknowledged = field(default_factory=Acknowledged)
    pid: int = 0
    code: int | None = None
    _begun: bool = False
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.directory / "noc.db"

    @property
    def alive(self) -> bool:
        """Whether the daemon runs."""
        return bool(self.pid) and not self._ended.is_set()

    def nocd(self, who: str = "omar", timeout: float = 20.0) -> Nocd:
        """The way to the daemon, played by that operator where it is a demo."""
        return Nocd(self.directory / "nocd.sock", None if self.clock else who, timeout)

    async def listen(self) -> None:
        """Take in what the lives tell, until they are gone."""
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            told: dict[str, int] = msgspec.json.decode(line)
            if "ready" in told:
                self.pid = told["ready"]
                self._ready.set()
            else:
                self.code = told["ended"]
                self._ended.set()

    async def begin(self) -> None:
        """A new life, which is not waited for."""
        self._ended.clear()
        self._ready.clear()
        self.pid, self.code, self._begun = 0, None, True
        assert self.process.stdin is not None
        life = Life(str(self.config), str(self.clock or "") if self.reads_clock else "")
        self.process.stdin.write(msgspec.json.encode(life) + b"\n")

    async def start(self) -> None:
        """A new life that answers; raises `Lost` when it does not come."""
        await self.begin()
        if not await self._came():
            raise Lost(f"nocd did not come back: exit code {self.code}; {self.last_words()}")

    async def _came(self) -> bool:
        """Wait for the life that was begun; whether it answers."""
        ready = asyncio.create_task(self._ready.wait())
        ended = asyncio.create_task(self._ended.wait())
        await asyncio.wait(
            (ready, ended), timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        ready.cancel()
        ended.cancel()
        return self._ready.is_set() and not self._ended.is_set()

    def last_words(self) -> str:
        """The end of what the daemon wrote to its log."""
        lines = (self.directory / "nocd.log").read_text(errors="replace").splitlines()
        return " | ".join(lines[-2:])[-400:]

    async def gone(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Wait for the end of this life; its exit code."""
        try:
            await asyncio.wait_for(self._ended.wait(), seconds)
        except TimeoutError:
            raise Lost("nocd did not end") from None
        assert self.code is not None
        return self.code

    async def kill(self) -> None:
        """SIGKILL, now."""
        if self.pid and not self._ended.is_set():
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        await self.gone()

    def stop_asked(self) -> None:
        """SIGTERM, and no waiting."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def child(self) -> int:
        """The process that is being started; 0 when there is none yet."""
        parent = self.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return int(children[0]) if children else 0

    async def stop(self) -> None:
        """As a service manager does; raises `Lost` when it does not end well."""
        if self.alive:
            os.kill(self.pid, signal.SIGTERM)
        if (code := await self.gone()) != 0:
            raise Lost(f"told to stop, it ended with {code}; {self.last_words()}")

    async def revive(self) -> bool:
        """Start it again if it ended; whether it did."""
        if self.alive:
            return False
        under_way = self._begun and not self._ended.is_set()
        if not under_way or not await self._came():
            await self.start()
        return True

    async def healthy(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until it answers, writes, and sees its cluster; start it again when it ended."""
        limit = asyncio.get_running_loop().time() + seconds
        said = ""
        while asyncio.get_running_loop().time() < limit:
            await self.revive()
            try:
                health = await self.nocd(timeout=10).ask(HEALTH())
                if health.clusters.get(CLUSTER, True):
                    await self.write_note(f"healthy {random.random()}")
                    return
                said = "the cluster is not seen"
            except NocdError as error:
                said = str(error)
            await asyncio.sleep(LOOK_SECONDS * 2)
        raise Lost(f"not well after {seconds:.0f} s: {said}; {self.last_words()}")

    async def write_note(self, text: str) -> None:
        """A note, on the list when it was acknowledged; raises `NocdError`."""
        self.told.asked += 1
        number = (await self.nocd().ask(handover.NOTE(handover.Note(text)))).note
        self.told.notes[number] = text

    @asynccontextmanager
    async def load(self, chance: random.Random) -> AsyncIterator[None]:
        """Operators at work: what is acknowledged is on the list."""
        over = asyncio.Event()
        workers = [
            asyncio.create_task(self._work(random.Random(chance.random()), over))
            for _ in range(WORKERS)
        ]
        try:
            yield
        finally:
            over.set()
            await asyncio.gather(*workers)

    async def _work(self, chance: random.Random, over: asyncio.Event) -> None:
        while not over.is_set():
            with suppress(NocdError):
                await self._one(chance)
            await asyncio.sleep(chance.random() * 0.05)

    async def _one(self, chance: random.Random) -> None:
        nocd, name = self.nocd(), f"{OURS}{chance.random()}"
        kind = chance.choices(("note", "incident", "order", "window"), (6, 2, 2, 1))[0]
        if kind == "note":
            await self.write_note(name)
            return
        self.told.asked += 1
        if kind == "incident":
            asked = incidents.DECLARE(incidents.Declaration(name))
            self.told.incidents[(await nocd.ask(asked)).incident] = name
        elif kind == "order":
            vmid = chance.choice(list(self.simulator.world.clusters[CLUSTER].guests))
            order = guests.POWER(guests.PowerOrder("reboot"), cluster=CLUSTER, vmid=vmid)
            self.told.orders.add((await nocd.ask(order)).intent)
        else:
            self.told.windows[(await nocd.ask(self._window(name))).maintenance] = name

    def _window(self, name: str) -> Request[announcements.Window]:
        start = self.simulator.clock.now() + timedelta(days=3)
        asked = announcements.Maintenance(
            name, start.isoformat(), (start + timedelta(hours=1)).isoformat(), ("acme",), "works"
        )
        return announcements.PLAN_MAINTENANCE(asked)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reader]:
        """The database, as a console reads it."""
        reader = await Reader.open(self.database, daemon_alive=lambda: self.alive)
        try:
            yield reader
        finally:
            await reader.close()

    async def check(self) -> None:
        """All that was acknowledged is there once, nothing was done twice, the chain is intact."""
        if not self.told.number:
            return  # perhaps there is no file yet, or no entry in it
        report = await asyncio.to_thread(verify, self.database)
        if report.verdict is not Verdict.INTACT:
            raise Lost(f"the chain is {report.verdict}: {report.reason}")
        async with self.reading() as db:
            notes = {row.id: row.text for row in await SHIFT_NOTES.read(db)}
            declared = {row.id: row.title for row in await INCIDENTS.read(db)}
            windows = {row.id: row.title for row in await MAINTENANCE.read(db)}
            orders = {row.id for row in await INTENTS.read(db)}
            messages = [
                (row.about, row.purpose, row.recipient, row.id) for row in await MESSAGES.read(db)
            ]
        told = self.told
        _same("note", told.notes, notes)
        _same("incident", told.incidents, declared)
        _same("maintenance window", told.windows, windows)
        if missing := told.orders - orders:
            raise Lost(f"orders {sorted(missing)} were acknowledged and are not there")
        for what, rows in (("note", notes), ("incident", declared), ("window", windows)):
            ours = Counter(text for text in rows.values() if text.startswith(OURS))
            if twice := [text for text, times in ours.items() if times > 1]:
                raise Lost(f"a {what} is there twice: {twice[:3]}")
        self._once(len(orders), messages)

    def _once(self, orders: int, messages: list[tuple[str, str, str, str]]) -> None:
        asked = sum(
            times
            for key, times in self.simulator.world.requests.items()
            if " POST " in key and key.endswith("/status/reboot")
        )
        if asked > orders:
            raise Lost(f"{orders} orders, and the cluster was asked {asked} times")
        told = Counter(message[:3] for message in messages)
        if twice := [one for one, times in told.items() if times > 1]:
            raise Lost(f"a mail has two Message-IDs: {twice[:3]}")
        strange = set(self.mails()) - {message[3] for message in messages}
        if strange:
            raise Lost(f"mails that nobody queued: {sorted(strange)[:3]}")

    def mails(self) -> Counter[str]:
        """How often each Message-ID reached the mail server."""
        kept = (self.directory / "estate" / "mail").glob("*.eml")
        return Counter(str(message_from_bytes(one.read_bytes())["Message-ID"]) for one in kept)

    async def settled(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until every mail was accepted and every order is over; raises `Lost`."""
        limit = asyncio.get_running_loop().time() + seconds
        left: list[str] = []
        while asyncio.get_running_loop().time() < limit:
            async with self.reading() as db:
                left = [m.id for m in await MESSAGES.read(db) if m.state != "accepted"]
                left += [str(i.id) for i in await INTENTS.read(db) if i.state in _UNDER_WAY]
            if not left:
                return
            await asyncio.sleep(0.3)
        raise Lost(f"never settled: {left[:4]}")

    async def polled_anew(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until every source of the cluster was seen after now, none failing."""
        since = self.simulator.clock.now()
        limit = asyncio.get_running_loop().time() + seconds
        said = ""
        while asyncio.get_running_loop().time() < limit:
            async with self.reading() as db:
                rows = [row for row in await SOURCES.read(db) if row.name == "fast"]
            bad = [r for r in rows if r.failing_since or not r.seen_at or r.seen_at < since]
            if rows and not bad:
                return
            said = "; ".join(f"{row.cluster} {row.name}: {row.error}" for row in bad)
            await asyncio.sleep(0.1)
        raise Lost(f"not fresh again after {seconds:.0f} s: {said}")


_UNDER_WAY = ("pending", "doing")


def _same(what: str, told: Mapping[int, str], found: Mapping[int, str]) -> None:
    wrong = [number for number, text in told.items() if found.get(number) != text]
    if wrong:
        raise Lost(f"{len(wrong)} acknowledged: {what} {wrong[:5]} is not there")


@asynccontextmanager
async def ground(
    directory: Path,
    seed: int,
    *,
    environment: Mapping[str, str] | None = None,
    database: Path | None = None,
    clock: Path | None = None,
    receiver: str = "",
    before: Sequence[str] = (),
) -> AsyncIterator[Ground]:
    """An estate of one cluster and one tenant; its daemon is yet to be started.

    `database` is the directory of its database where it is another one. With `clock`, a file of
    `OFFSETS`, it is no demo: the daemon's clock is what that says, and this account leads; what
    reads it is the library of `environment`, or the daemon where there is none. `receiver` is the
    address of a webhook that is paged. `before` is a program that the daemon is started by.
    """
    speed = argparse.Namespace(speed=1.0 if clock else SPEED)
    estate = Estate.of(speed, directory, directory / "nocd.sock")
    (directory / "estate").mkdir(parents=True)
    async with AsyncExitStack() as stack:
        options = Options(guests=8, tenants=2, seed=seed, delay_scale=0, task_scale=0.1)
        simulator = Simulator(options, estate.clock, directory / "estate")
        await stack.enter_async_context(simulator)
        mail = await stack.enter_async_context(mailbox(directory / "estate"))
        here = next(end for end in simulator.clusters if end.name == CLUSTER)
        register = _register(directory, simulator)
        described = {"clusters": [asdict(here)], "pbs": [], "mail": asdict(mail)}
        config = configuration(estate, {**described, "register": register})
        if database is not None:
            moved = config.read_text().replace(str(estate.database), str(database / "noc.db"))
            config.write_text(moved)
            (directory / "noc.db").symlink_to(database / "noc.db")
        if clock:
            config.write_text(_without_demo(config.read_text()))
        if receiver:
            config.write_text(config.read_text() + RECEIVER.format(url=receiver))
        log = stack.enter_context((directory / "nocd.log").open("wb"))
        process = await asyncio.create_subprocess_exec(
            *before,
            *(sys.executable, "-m", "tests.faults.lives"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env={**os.environ, **(environment or {})},
        )
        found = Ground(directory, simulator, config, process, clock)
        found.reads_clock = "LD_PRELOAD" not in (environment or {})
        listening = asyncio.create_task(found.listen())
        try:
            yield found
        finally:
            if found.alive:
                with suppress(ProcessLookupError):
                    os.kill(found.pid, signal.SIGKILL)
            assert process.stdin is not None
            process.stdin.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 20)
            listening.cancel()


def _without_demo(text: str) -> str:
    head = text.partition("[demo]")[0]
    register = text[text.index("[register]") :]
    roles = f'[roles.lead]\nusers = ["{pwd.getpwuid(os.getuid()).pw_name}"]\n'
    return f"{head}\n{register}\n[poll]\nfast = 1\n\n{roles}"


def _register(directory: Path, simulator: Simulator) -> Path:
    tenant = next(row for row in simulator.tenants if CLUSTER in row.clusters)
    path = directory / "tenants.toml"
    path.write_text(
        '[[tenant]]\nid = "acme"\nname = "Acme"\nemail = "direction@acme.example"\n'
        f'pools = ["{tenant.pool}"]\ncontract_start = 2025-01-01\n'
        f"proxmox_users = {list(tenant.users)}\n",
        encoding="utf-8",
    )
    return path
