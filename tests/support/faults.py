"""Real faults of the database's file: a full disk, a limit of size, a lock of another program."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_HELD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
_ALONE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
connection.execute("PRAGMA locking_mode=EXCLUSIVE")
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
# Reading is all that it may: the file is opened read-only, by an account that owns nothing.
_READER = """
import fcntl, os, struct, sys
shm = os.open(sys.argv[1] + "-shm", os.O_RDONLY)
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65533)
fcntl.lockf(shm, fcntl.LOCK_SH, 1, 120)
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def small_disk(directory: Path) -> Iterator[None]:
    """A disk of four megabytes at that directory; skips where this account may mount none."""
    directory.mkdir(parents=True)
    mount = shutil.which("mount")
    if mount is None:
        pytest.skip("no file system can be mounted here: there is no mount")
    mounted = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=4m", "none", str(directory)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(directory)], check=True)


@contextmanager
def full_disk(path: Path) -> Iterator[str]:
    """The disk of that file without a byte of room."""
    ballast = path.with_name("ballast")
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    try:
        yield ""
    finally:
        ballast.unlink()


@contextmanager
def limited_size(path: Path) -> Iterator[str]:
    """No file of this process grows: what an account without a mount can have of a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield ""
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def _other_program(source: str, path: Path) -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-c", source, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", "")},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        try:
            yield f"pid {process.pid} "
        finally:
            process.kill()


@contextmanager
def held_by_a_writer(path: Path) -> Iterator[str]:
    """Another program has begun a change and does not end it."""
    with _other_program(_HELD, path) as pid:
        yield pid


@contextmanager
def held_by_a_reader(path: Path) -> Iterator[str]:
    """An account that may only read holds the byte that a writer locks."""
    with _other_program(_READER, path) as pid:
        yield pid


@contextmanager
def held_alone(path: Path) -> Iterator[str]:
    """Another program has the file for itself: nobody else can even read it."""
    with _other_program(_ALONE, path) as pid:
        yield pid
