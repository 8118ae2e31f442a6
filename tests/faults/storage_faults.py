"""What a disk, a lock and another program do to the database while `nocd` is at work.

Sick calls are made by `disk.c`, loaded before libc; a full disk is a small file system that is
filled, where this account may mount one; locks are taken by a process of their own.
"""

import asyncio
import itertools
import os
import random
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from aiohttp import web

from noc_tui.api.core import HEALTH
from noc_tui.console.nocd.client import NocdError
from storage.oncall import ALERTS
from tests.faults.estate import Ground, ground
from tests.faults.figures import Family, Lost
from tests.faults.shims import compiled
from tests.support.served import served_on_loopback

UNPRIVILEGED = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--")
"""Starts a program of root's as one of any account: the modes of files hold for it too."""
ALL, LOG, ITSELF = range(3)
"""Which of the database's files is sick."""
KINDS: Mapping[str, tuple[int, int]] = {
    "no room": (1, ALL),
    "write error": (2, ALL),
    "sync error": (3, ALL),
    "read error": (4, ALL),
    "read-only": (5, ALL),
    "short write": (6, ALL),
    "quota": (7, ALL),
    "slow sync": (8, ALL),
    "killed in a write": (9, ALL),
    "no more files": (10, ALL),
    "write error of the log": (2, LOG),
    "write error of the file": (2, ITSELF),
    "read error of the log": (4, LOG),
    "read error of the file": (4, ITSELF),
}
PERMISSIONS: Mapping[str, tuple[str, int]] = {
    "file made read-only": ("noc.db", 0o440),
    "file closed": ("noc.db", 0o000),
    "log closed": ("noc.db-wal", 0o000),
    "folder made read-only": (".", 0o550),
    "folder closed": (".", 0o000),
}
"""What is made less accessible, and how."""
MOMENTS = ("a moment", "two seconds", "killed meanwhile", "started meanwhile")
OURS = ("killed", "stop", "started")
"""Words in the name of a fault that ends `nocd` by what it is."""
TOLD_SECONDS = 120.0
"""How long a fault that keeps `nocd` from writing lasts at most until it has paged."""
Disturbed = Callable[[Ground, random.Random], AbstractAsyncContextManager[None]]

LOCKED = (
    "import sqlite3, sys, time\n"
    "db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)\n"
    "db.execute('BEGIN IMMEDIATE')\nprint('held', flush=True)\nsys.stdin.read()\n"
)
ALONE = (
    "import sqlite3, sys\n"
    "db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)\n"
    "db.execute('PRAGMA locking_mode=EXCLUSIVE')\n"
    "db.execute('BEGIN IMMEDIATE')\nprint('held', flush=True)\nsys.stdin.read()\n"
)
BYTE_HELD = (
    "import fcntl, sys\nfile = open(sys.argv[1] + '-shm', 'rb')\n"
    "fcntl.lockf(file, fcntl.LOCK_SH, 1, 120)\nprint('held', flush=True)\nsys.stdin.read()\n"
)
READ_LONG = (
    "import sqlite3, sys\n"
    "db = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True, isolation_level=None)\n"
    "db.execute('BEGIN')\ndb.execute('SELECT count(*) FROM evidence').fetchall()\n"
    "print('held', flush=True)\nsys.stdin.read()\n"
)


async def run(directory: Path, seed: int, count: int) -> Family:
    """So many faults, each kind in turn, all on one estate."""
    family = Family("storage")
    page, shim, watched = directory / "page", directory / "disk.so", Watched()
    page.write_bytes(bytes(2))
    environment = {"NOC_FAULT_PAGE": str(page)}
    able = compiled("disk", shim)
    if able:
        environment["LD_PRELOAD"] = str(shim)
    else:
        family.notes.append("no C compiler: no sick calls")
    with small_disk(directory / "small") as disk:
        if disk is None:
            family.notes.append("no mount: no full disk")
        disturbances = dict(_disturbances(page if able else None, disk, watched))
        async with (
            receiver(watched) as url,
            ground(
                directory / "ground",
                seed,
                environment=environment,
                database=disk,
                receiver=url,
                before=_unprivileged(family),
            ) as there,
        ):
            await there.start()
            await there.healthy()
            for number, (name, fault) in zip(
                range(count), itertools.cycle(disturbances.items()), strict=False
            ):
                await _one(family, there, name, fault, random.Random(f"{seed} {number}"))
                _set(page, 0, ALL)
            family.notes.append(f"{there.told.number} of {there.told.asked} acknowledged")
    family.notes.append(
        f"{watched.blocked} times nothing could be written for long: each shown, paged,"
        " and raised as an alert that was resolved"
    )
    return family


def _unprivileged(family: Family) -> Sequence[str]:
    if os.geteuid() != 0:
        return ()
    if shutil.which(UNPRIVILEGED[0]) is None:
        family.notes.append("no setpriv: modes of files do not hold for root")
        return ()
    return UNPRIVILEGED


def _disturbances(
    page: Path | None, disk: Path | None, watched: "Watched"
) -> Iterator[tuple[str, Disturbed]]:
    """Every fault that can be had here, by its name, the moments in turn."""
    for moment in MOMENTS:
        last = partial(_last, moment, watched)
        if disk is not None:
            yield f"disk filled, {moment}", partial(_filled, disk, last)
        if page is not None:
            for kind, (number, file) in KINDS.items():
                yield f"{kind}, {moment}", partial(_disk_is_sick, page, number, file, last)
        for kind, (file_name, mode) in PERMISSIONS.items():
            yield f"{kind}, {moment}", partial(_forbidden, file_name, mode, last)
        if moment == MOMENTS[0]:
            yield from _held().items()


async def _one(
    family: Family, there: Ground, name: str, fault: Disturbed, chance: random.Random
) -> None:
    before, cause = there.pid, ""
    try:
        async with there.load(chance):
            await asyncio.sleep(0.2)
            async with fault(there, chance):
                pass
            await there.healthy()
        await there.check()
    except Lost as lost:
        cause = str(lost)
        await there.revive()
    ended = there.pid != before and not any(word in name for word in OURS)
    family.count(name, cause, ended=ended)


@dataclass(slots=True)
class Watched:
    """What people are told meanwhile: the pages that came, and how often nothing could be
    written for long.
    """

    pages: list[str] = field(default_factory=list)
    blocked: int = 0

    async def meanwhile(self, there: Ground, before: int) -> datetime | None:
        """While a fault lasts that keeps `nocd` from writing, it says so to whoever asks and to
        those on call, who had `before` pages when it began; since when, None where it can write.
        Errors: `Lost`.
        """
        if not there.alive or not await _cannot_write(there):
            return None
        self.blocked += 1
        since = there.simulator.clock.now()
        try:
            if not (await there.nocd().ask(HEALTH())).database:
                raise Lost("it cannot write, and its health does not say so")
        except NocdError as error:
            raise Lost(f"it cannot write, and does not answer: {error}") from error
        limit = asyncio.get_running_loop().time() + TOLD_SECONDS
        while len(self.pages) <= before:
            if asyncio.get_running_loop().time() > limit:
                raise Lost(f"it cannot write, and nobody was paged in {TOLD_SECONDS:.0f} s")
            await asyncio.sleep(0.05)
        return since


async def _cannot_write(there: Ground) -> bool:
    try:
        await there.write_note(f"meanwhile {random.random()}")
    except NocdError as error:
        return error.code == 3 and there.alive
    return False


async def _raised_and_resolved(there: Ground, since: datetime) -> None:
    """The alert on the interruption, when it is over. Errors: `Lost`."""
    limit = asyncio.get_running_loop().time() + TOLD_SECONDS
    found: list[str] = []
    while asyncio.get_running_loop().time() < limit:
        async with there.reading() as db:
            rows = [row for row in await ALERTS.read(db) if row.rule == "database"]
        found = [f"{row.state} since {row.since}" for row in rows]
        if any(row.resolved_at is not None and row.resolved_at >= since for row in rows):
            return
        await asyncio.sleep(0.2)
    raise Lost(f"its alert was not raised and resolved: {found}")


@asynccontextmanager
async def receiver(watched: Watched) -> AsyncIterator[str]:
    """Where pages arrive."""

    async def take(request: web.Request) -> web.Response:
        watched.pages.append(await request.text())
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    async with served_on_loopback(app) as url:
        yield f"{url}/hook"


@asynccontextmanager
async def _disk_is_sick(
    page: Path, number: int, file: int, last: "Last", there: Ground, chance: random.Random
) -> AsyncIterator[None]:
    since = None
    try:
        _set(page, number, file)
        since = await last(there, chance)
    finally:
        _set(page, 0, ALL)
    await _after(there, since)
    yield


@asynccontextmanager
async def _forbidden(
    name: str, mode: int, last: "Last", there: Ground, chance: random.Random
) -> AsyncIterator[None]:
    """One that may be read or reached no more; what is open stays so, as `nocd` has it."""
    path = there.database.resolve().parent / name
    was = path.stat().st_mode & 0o7777
    since = None
    try:
        path.chmod(mode)
        since = await last(there, chance)
    finally:
        path.chmod(was)
    await _after(there, since)
    yield


async def _after(there: Ground, since: datetime | None) -> None:
    if since is not None:
        await there.healthy()
        await _raised_and_resolved(there, since)


def _set(page: Path, number: int, file: int) -> None:
    with page.open("r+b", buffering=0) as opened:
        opened.write(bytes([number, file]))


Last = Callable[[Ground, random.Random], Coroutine[None, None, datetime | None]]
"""Lets a fault last; since when nothing could be written, where people were told."""


async def _last(
    moment: str, watched: Watched, there: Ground, chance: random.Random
) -> datetime | None:
    before = len(watched.pages)
    await asyncio.sleep(2 if moment == "two seconds" else 0.1 + chance.random() * 0.3)
    if moment == "two seconds":
        return await watched.meanwhile(there, before)
    if moment in ("killed meanwhile", "started meanwhile"):
        await there.kill()
    if moment == "started meanwhile":
        await there.begin()
        await asyncio.sleep(1.5)
    return None


@asynccontextmanager
async def _filled(
    disk: Path, last: Last, there: Ground, chance: random.Random
) -> AsyncIterator[None]:
    filler = disk / "filler"
    since = None
    try:
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        since = await last(there, chance)
    finally:
        filler.unlink()
    await _after(there, since)
    yield


def _held() -> dict[str, Disturbed]:
    return {
        "write lock held for 7 s": partial(_by_another, LOCKED, 7.0),
        "lock byte held by a reader for 7 s": partial(_by_another, BYTE_HELD, 7.0),
        "write lock held for 2 s": partial(_by_another, LOCKED, 2.0),
        "lock byte held by a reader for 2 s": partial(_by_another, BYTE_HELD, 2.0),
        "one reader that never ends": partial(_by_another, READ_LONG, 3.0),
        "wal and shm gone after a stop": _without_wal,
        "wal and shm removed": partial(_removed, ("-wal", "-shm")),
        "file and all removed": partial(_removed, ("", "-wal", "-shm")),
        "file moved away": _moved_away,
        "stopped in the midst of a fault": _stopped,
        "started while another has the file alone": partial(_started_beside, ALONE),
        "started while another writes": partial(_started_beside, LOCKED),
    }


@asynccontextmanager
async def _by_another(
    program: str,
    seconds: float,
    there: Ground,
    _chance: random.Random,
    *,
    meanwhile: Callable[[], Coroutine[None, None, None]] | None = None,
) -> AsyncIterator[None]:
    path = str(there.database.resolve())
    other = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, path),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert other.stdin is not None
    assert other.stdout is not None
    await other.stdout.readline()
    if meanwhile is not None:
        await meanwhile()
    await asyncio.sleep(seconds)
    other.stdin.close()
    await other.wait()
    yield


@asynccontextmanager
async def _started_beside(
    program: str, there: Ground, chance: random.Random
) -> AsyncIterator[None]:
    await there.stop()
    async with _by_another(program, 3.0, there, chance, meanwhile=there.begin):
        yield


@asynccontextmanager
async def _without_wal(there: Ground, _chance: random.Random) -> AsyncIterator[None]:
    await there.stop()
    for end in ("-wal", "-shm"):
        there.database.resolve().with_name(f"noc.db{end}").unlink(missing_ok=True)
    yield


@asynccontextmanager
async def _removed(
    endings: Sequence[str], there: Ground, _chance: random.Random
) -> AsyncIterator[None]:
    """Under a `nocd` that runs: it puts them back by itself."""
    for end in endings:
        there.database.resolve().with_name(f"noc.db{end}").unlink()
    await asyncio.sleep(4)
    yield


@asynccontextmanager
async def _moved_away(there: Ground, _chance: random.Random) -> AsyncIterator[None]:
    file = there.database.resolve()
    away = file.with_name("away")
    os.rename(file, away)
    await asyncio.sleep(4)
    os.rename(away, file)
    yield


@asynccontextmanager
async def _stopped(there: Ground, chance: random.Random) -> AsyncIterator[None]:
    await asyncio.sleep(chance.random() * 0.2)
    await there.stop()
    yield


@contextmanager
def small_disk(directory: Path, megabytes: int = 48) -> Iterator[Path | None]:
    """A file system of that size; None where this account may not mount one."""
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "noc-faults"]
    made = os.geteuid() == 0 and shutil.which("mount") is not None
    if made:
        done = subprocess.run([*mount, str(directory)], check=False, stderr=subprocess.DEVNULL)
        made = done.returncode == 0
    try:
        yield directory if made else None
    finally:
        if made:
            subprocess.run(["umount", "-l", str(directory)], check=False)
