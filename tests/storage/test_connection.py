"""A connection that nobody closes: no program and no test run waits for it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_OPEN = """
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from storage.database import Writer

KEPT = []


async def forget() -> None:
    KEPT.append(await Writer.open(Path(sys.argv[1]), clock_now=lambda: datetime.now(UTC)))
    if sys.argv[2] == "fails":
        raise RuntimeError("in the middle of something")


asyncio.run(forget())
print("over")
"""
A_TEST_THAT_FAILS = """
from datetime import UTC, datetime

import pytest

from storage.database import Writer
from storage.evidence import Actor


@pytest.mark.anyio
async def test_it(tmp_path):
    writer = await Writer.open(tmp_path / "noc.db", clock_now=lambda: datetime.now(UTC))
    async with writer.change(Actor(1001, "omar")) as change:
        assert await change.rows("SELECT 1") == []
    await writer.close()


@pytest.mark.anyio
async def test_that_passes_and_leaves_one(tmp_path):
    await Writer.open(tmp_path / "noc.db", clock_now=lambda: datetime.now(UTC))
"""
A_TEST_THAT_HANGS = """
import threading

import pytest


@pytest.mark.timeout(1)
def test_it():
    threading.Event().wait()
"""


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    """A program that must end by itself."""
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, timeout=30, cwd=ROOT, check=False
    )


def suite(directory: Path, text: str) -> "subprocess.CompletedProcess[str]":
    """A run of pytest over that text, with the fixtures of this suite."""
    file = directory / "test_it.py"
    file.write_text(text, encoding="utf-8")
    plugins = ("-p", "tests.conftest", "-p", "no:cacheprovider", "-p", "no:randomly")
    return run("-m", "pytest", *plugins, "-c", "pyproject.toml", "--rootdir", ".", str(file))


@pytest.mark.parametrize(("how", "code", "said"), [("ends", 0, "over"), ("fails", 1, "")])
def test_a_program_that_forgets_to_close_ends(
    tmp_path: Path, how: str, code: int, said: str
) -> None:
    ended = run("-c", LEFT_OPEN, str(tmp_path / "noc.db"), how)
    assert (ended.returncode, ended.stdout.strip()) == (code, said)


def test_a_test_that_fails_with_a_connection_open_ends_its_run(tmp_path: Path) -> None:
    ended = suite(tmp_path, A_TEST_THAT_FAILS)
    assert ended.returncode == 1
    assert "1 failed, 1 passed, 1 error" in ended.stdout
    assert "left 2 connections open" in ended.stdout


def test_a_test_that_hangs_is_ended_with_its_stack(tmp_path: Path) -> None:
    ended = suite(tmp_path, A_TEST_THAT_HANGS)
    assert ended.returncode == 1
    assert "Timeout" in ended.stderr + ended.stdout
    assert "threading.Event().wait()" in ended.stderr + ended.stdout
