"""Reading the database from another process and another Unix account, whatever `nocd` does."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage import errors, files
from storage.database import Reader, Writer
from storage.inventory import POOLS, Pool
from tests.storage.accounts import GROUP, as_operator, without_write_permission
from tests.storage.conftest import NOW, OMAR

REFUSED = "attempt to write a readonly database"

# A writer like nocd: commits a pool for each line it is sent, stops cleanly at the end of input.
_DAEMON = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from storage.database import Writer
from storage.evidence import Actor
from storage.inventory import POOLS, Pool

async def main():
    writer = await Writer.open(Path(sys.argv[1]), clock_now=lambda: datetime.now(UTC))
    try:
        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            async with writer.change(Actor(1001, "omar")) as change:
                await change.put(POOLS, [Pool("rennes", line.strip())])
            print("done", flush=True)
    finally:
        await writer.close()

asyncio.run(main())
"""


class Daemon:
    """The writer of another process."""

    def __init__(self, path: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _DAEMON, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert self._answer() == "ready"

    def put(self, name: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        assert self._answer() == "done"

    def stop(self) -> int:
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._ended()

    def kill(self) -> int:
        self._process.send_signal(signal.SIGKILL)
        return self._ended()

    def _ended(self) -> int:
        code = self._process.wait(timeout=30)
        assert self._process.stdout is not None
        self._process.stdout.close()
        assert self._process.stdin is not None
        if not self._process.stdin.closed:
            self._process.stdin.close()
        return code

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@pytest.fixture(scope="session")
def python() -> str:
    """An interpreter that other accounts may run."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to act as another account")
    return os.environ.get("NOC_TEST_PYTHON", "/usr/bin/python3")


@pytest.mark.anyio
async def test_two_processes_see_each_commit_and_survive_stop_and_kill(shared: Path) -> None:
    daemon = Daemon(shared)
    reader = await Reader.open(shared, daemon_alive=lambda: False)
    try:
        daemon.put("a")
        assert len(await POOLS.read(reader)) == 1
        daemon.put("b")
        assert len(await POOLS.read(reader)) == 2
        assert daemon.stop() == 0
        assert len(await POOLS.read(reader)) == 2
        daemon = Daemon(shared)
        daemon.put("c")
        assert len(await POOLS.read(reader)) == 3
        assert daemon.kill() == -signal.SIGKILL
        assert len(await POOLS.read(reader)) == 3
    finally:
        await reader.close()
    late = await Reader.open(shared, daemon_alive=lambda: False)
    assert len(await POOLS.read(late)) == 3
    await late.close()


@pytest.mark.needs_root
def test_an_operator_reads_and_cannot_write_whatever_the_daemon_does(
    shared: Path, python: str, tmp_path: Path
) -> None:
    daemon = Daemon(shared)
    assert as_operator(python, shared) == ["read 0", REFUSED]
    daemon.put("a")
    assert as_operator(python, shared) == ["read 1", REFUSED]
    assert daemon.stop() == 0
    assert as_operator(python, shared) == ["read 1", REFUSED]
    daemon = Daemon(shared)
    daemon.put("b")
    daemon.kill()
    assert as_operator(python, shared) == ["read 2", REFUSED]
    backup = tmp_path / "backup.db"
    files.copy(shared, backup)
    daemon = Daemon(shared)
    daemon.put("c")
    daemon.stop()
    files.restore(backup, shared)
    assert as_operator(python, shared) == ["read 2", REFUSED]
    daemon = Daemon(shared)
    daemon.put("d")
    assert as_operator(python, shared) == ["read 3", REFUSED]
    daemon.stop()


@pytest.mark.anyio
async def test_a_reader_follows_a_restored_file(shared: Path, tmp_path: Path) -> None:
    await stored(shared, "a")
    backup = tmp_path / "backup.db"
    files.copy(shared, backup)
    await stored(shared, "b")
    reader = await Reader.open(shared, daemon_alive=lambda: False)
    try:
        assert len(await POOLS.read(reader)) == 2
        files.restore(backup, shared)
        assert len(await POOLS.read(reader)) == 1
    finally:
        await reader.close()


@pytest.mark.anyio
async def test_a_still_picture_is_given_up_when_the_log_returns(shared: Path) -> None:
    """Without -wal and -shm an account without write permission can only read a still picture."""
    await stored(shared, "a")
    for suffix in files.SIDECARS:
        files.sidecar(shared, suffix).unlink()
    with without_write_permission(shared.parent):
        with pytest.raises(errors.StorageError):
            await Reader.open(shared, daemon_alive=lambda: True)
        reader = await Reader.open(shared, daemon_alive=lambda: False)
    try:
        assert len(await POOLS.read(reader)) == 1
        writer = await Writer.open(shared, clock_now=lambda: NOW)
        async with writer.change(OMAR) as change:
            await change.put(POOLS, [Pool("rennes", "b")])
        assert len(await POOLS.read(reader)) == 2
        await writer.close()
    finally:
        await reader.close()


async def stored(path: Path, name: str) -> None:
    """Add a pool and stop cleanly."""
    writer = await Writer.open(path, clock_now=lambda: NOW)
    async with writer.change(OMAR) as change:
        await change.put(POOLS, [Pool("rennes", name)])
    await writer.close()


@pytest.mark.needs_root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to own files of another account")
def test_a_restored_file_belongs_to_whom_the_old_one_did(shared: Path, tmp_path: Path) -> None:
    daemon = Daemon(shared)
    daemon.put("a")
    daemon.stop()
    backup = tmp_path / "backup.db"
    files.copy(shared, backup)
    everything = [shared, *(files.sidecar(shared, suffix) for suffix in files.SIDECARS)]
    os.chown(shared, 65533, GROUP)
    files.restore(backup, shared)
    assert {(file.stat().st_uid, file.stat().st_gid) for file in everything} == {(65533, GROUP)}
