"""Which programs hold the lock that every change of the database needs, as the kernel tells."""

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import msgspec

WRITE_LOCK = 120
"""The byte of `-shm` that a writer of a database in WAL mode locks (SQLite's file format)."""


class LockHolder(msgspec.Struct, frozen=True):
    """A process that holds the lock; `account` and `program` are empty where that is hidden."""

    pid: int
    account: str
    program: str

    def __str__(self) -> str:
        said = ", ".join(filter(None, (self.program, self.account)))
        return f"pid {self.pid} ({said})" if said else f"pid {self.pid}"


def find_lock_holders(path: Path, locks: Path = Path("/proc/locks")) -> list[LockHolder]:
    """The processes but this one that hold the write lock of the database at `path`.

    Empty where nobody does or the machine does not tell. Blocks: call it from a thread.
    """
    try:
        inode = path.with_name(f"{path.name}-shm").stat().st_ino
        text = locks.read_text("ascii", "replace")
    except OSError:
        return []
    pids = dict.fromkeys(_pids(text, inode))
    return [_holder(pid) for pid in pids if pid != os.getpid()]


def _pids(text: str, inode: int) -> Iterator[int]:
    """Lines are `1: POSIX  ADVISORY  READ 4711 08:01:1234 120 120`; `->` marks one that waits."""
    for line in text.splitlines():
        words = line.split()
        if len(words) != 8 or "->" in words or not words[5].endswith(f":{inode}"):
            continue
        first, last = int(words[6]), None if words[7] == "EOF" else int(words[7])
        if first <= WRITE_LOCK and (last is None or last >= WRITE_LOCK) and words[4].isdecimal():
            yield int(words[4])


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
