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
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

from tests.faults.estate import Ground, ground
from tests.faults.figures import Family, Lost

SOURCE = Path(__file__).with_name("disk.c")
KINDS: Mapping[str, int] = {
    "no room": 1,
    "write error": 2,
    "sync error": 3,
    "read error": 4,
    "read-only": 5,
    "short write": 6,
    "quota": 7,
    "slow sync": 8,
    "killed in a write": 9,
    "no more files": 10,
}
MOMENTS = ("a moment", "two seconds", "killed meanwhile")
Disturbed = Callable[[Ground, random.Random], AbstractAsyncContextManager[None]]

LOCKED = (
    "import sqlite3, sys, time\n"
    "db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)\n"
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
    page = directory / "page"
    page.write_bytes(b"\0")
    shim = directory / "disk.so"
    environment = {"NOC_FAULT_PAGE": str(page)}
    disturbances = [*_held().items()]
    if _compiled(shim):
        environment["LD_PRELOAD"] = str(shim)
        disturbances = [*_sick(page).items(), *disturbances]
    else:
        family.notes.append("no C compiler: no sick calls")
    with small_disk(directory / "small") as disk:
        if disk is None:
            family.notes.append("no mount: no full disk")
        else:
            filled = {
                f"disk filled, {moment}": partial(_filled, disk, moment) for moment in MOMENTS
            }
            disturbances = [*filled.items(), *disturbances]
        async with ground(
            directory / "ground", seed, environment=environment, database=disk
        ) as there:
            await there.start()
            await there.healthy()
            for number, (name, fault) in zip(
                range(count), itertools.cycle(disturbances), strict=False
            ):
                await _one(family, there, name, fault, random.Random(f"{seed} {number}"))
                _set(page, 0)
            family.notes.append(f"{there.told.number} of {there.told.asked} acknowledged")
    return family


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
    ended_by_us = any(word in name for word in ("killed", "stop"))
    family.count(name, cause, ended=there.pid != before and not ended_by_us)


def _compiled(shim: Path) -> bool:
    compiler = shutil.which("cc")
    if compiler is None:
        return False
    made = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", str(shim), str(SOURCE), "-ldl"], check=False
    )
    return made.returncode == 0


def _sick(page: Path) -> dict[str, Disturbed]:
    return {
        f"{kind}, {moment}": partial(_disk_is_sick, page, number, moment)
        for moment in MOMENTS
        for kind, number in KINDS.items()
    }


@asynccontextmanager
async def _disk_is_sick(
    page: Path, number: int, moment: str, there: Ground, chance: random.Random
) -> AsyncIterator[None]:
    _set(page, number)
    await _last(moment, there, chance)
    _set(page, 0)
    yield


def _set(page: Path, number: int) -> None:
    with page.open("r+b", buffering=0) as file:
        file.write(bytes([number]))


async def _last(moment: str, there: Ground, chance: random.Random) -> None:
    await asyncio.sleep(2 if moment == "two seconds" else 0.1 + chance.random() * 0.3)
    if moment == "killed meanwhile":
        await there.kill()


@asynccontextmanager
async def _filled(
    disk: Path, moment: str, there: Ground, chance: random.Random
) -> AsyncIterator[None]:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    await _last(moment, there, chance)
    filler.unlink()
    yield


def _held() -> dict[str, Disturbed]:
    return {
        "write lock held for 7 s": partial(_by_another, LOCKED, 7.0),
        "lock byte held by a reader for 7 s": partial(_by_another, BYTE_HELD, 7.0),
        "write lock held for 2 s": partial(_by_another, LOCKED, 2.0),
        "lock byte held by a reader for 2 s": partial(_by_another, BYTE_HELD, 2.0),
        "one reader that never ends": partial(_by_another, READ_LONG, 3.0),
        "wal and shm gone after a stop": _without_wal,
        "stopped in the midst of a fault": _stopped,
    }


@asynccontextmanager
async def _by_another(
    program: str, seconds: float, there: Ground, _chance: random.Random
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
    await asyncio.sleep(seconds)
    other.stdin.close()
    await other.wait()
    yield


@asynccontextmanager
async def _without_wal(there: Ground, _chance: random.Random) -> AsyncIterator[None]:
    await there.stop()
    for end in ("-wal", "-shm"):
        there.database.resolve().with_name(f"noc.db{end}").unlink(missing_ok=True)
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
