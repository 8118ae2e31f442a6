"""Which programs keep others from writing to the database, as the kernel tells."""

import os
import pwd
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

WRITE_LOCK = 120
"""The byte of `-shm` that a writer of a database in WAL mode locks (SQLite's file format)."""
SHARED_BYTES = 0x4000_0002
"""Where the bytes of the database itself begin that every user of it locks for reading, and one
that has it alone for writing.
"""


class LockHolder(msgspec.Struct, frozen=True):
    """A process that holds the lock; `account` and `program` are empty where that is hidden."""

    pid: int
    account: str
    program: str

    def __str__(self) -> str:
        said = ", ".join(filter(None, (self.program, self.account)))
        return f"pid {self.pid} ({said})" if said else f"pid {self.pid}"


def find_lock_holders(path: Path, locks: Path = Path("/proc/locks")) -> list[LockHolder]:
    """The processes but this one that hold the write lock of the database at `path`, or have it
    for themselves alone.

    Empty where nobody does or the machine does not tell. Blocks: call it from a thread.
    """
    try:
        log_index = path.with_name(f"{path.name}-shm").stat().st_ino
        itself = path.stat().st_ino
        text = locks.read_text("ascii", "replace")
    except OSError:
        return []
    pids = dict.fromkeys(
        lock.pid
        for lock in _locks(text)
        if (lock.inode == log_index and lock.covers(WRITE_LOCK))
        or (lock.inode == itself and lock.excludes and lock.covers(SHARED_BYTES))
    )
    return [_holder(pid) for pid in pids if pid != os.getpid()]


class _Lock(NamedTuple):
    """A lock that is held: by whom, on which file, whether for itself alone, on which bytes."""

    pid: int
    inode: int
    excludes: bool
    first: int
    last: int | None

    def covers(self, byte: int) -> bool:
        return self.first <= byte and (self.last is None or self.last >= byte)


def _locks(text: str) -> Iterator[_Lock]:
    """Lines are `1: POSIX  ADVISORY  READ 4711 08:01:1234 120 120`; `->` marks one that waits."""
    for line in text.splitlines():
        words = line.split()
        if len(words) != 8 or "->" in words or not words[4].isdecimal():
            continue
        last = None if words[7] == "EOF" else int(words[7])
        inode = int(words[5].rpartition(":")[2])
        yield _Lock(int(words[4]), inode, words[3] == "WRITE", int(words[6]), last)


def _holder(pid: int) -> LockHolder:
    process = Path("/proc", str(pid))
    try:
        uid = process.stat().st_uid
        program = process.joinpath("comm").read_text("utf-8", "replace").strip()
    except OSError:
        return LockHolder(pid, "", "")
    try:
        account = pwd.getpwuid(uid).pw_name
    except KeyError:
        account = f"uid {uid}"
    return LockHolder(pid, account, program)
