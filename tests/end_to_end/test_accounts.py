"""Operators with accounts of their own: they see everything, write nothing, and are known."""

import grp
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from storage import files
from storage.verdict import Verdict
from storage.verify import verify
from tests.end_to_end.accounts import Account, Terminal, copy_code, readable_python
from tests.end_to_end.programs import ROOT, Program, Scene, scene

GROUP = "users"
OPERATOR = Account("games", GROUP)
VIEWER = Account("man", GROUP)
ROOT_DIR = Path("/")
STRANGER = Account("news", GROUP)
ROLES = (
    f'[roles.viewer]\nusers = ["{VIEWER.name}"]\n[roles.operator]\nusers = ["{OPERATOR.name}"]\n'
)

pytestmark = pytest.mark.needs_root


@pytest.fixture(scope="module")
def python() -> str:
    return readable_python()


@pytest.fixture(scope="module")
def place(python: str) -> Iterator[Path]:
    """A directory that every account may enter; pytest keeps its own to the one that runs it."""
    with TemporaryDirectory(prefix="noc-bastion-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def bastion(place: Path) -> Iterator[Scene]:
    """A daemon outside demo, its database for a group; the code where every account may read it."""
    copy_code(place / "code")
    data = place / "data"
    data.mkdir()
    os.chown(data, -1, grp.getgrnam(GROUP).gr_gid)
    data.chmod(0o2755)
    with scene(data, speed=1, at=datetime.now(UTC)) as played:  # outside demo, on one clock
        played.nocd.stop()
        for left in data.glob("noc.db*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        text = played.config.read_text().replace("noc.db", "database/noc.db")
        group = f'[database]\ngroup = "{GROUP}"\n'
        head, _demo, _rest = text.replace("[database]\n", group).partition("[demo]")
        register = "[register]" + text.partition("[register]")[2] if "[register]" in text else ""
        played.config.write_text(head + ROLES + register)
        played.config.chmod(0o644)
        played.start_nocd()
        yield played


def call(
    python: str, bastion: Scene, account: Account, *words: str
) -> subprocess.CompletedProcess[str]:
    """`noc-tui` as that account."""
    command = [python, "-m", "noc_tui", "--config", str(bastion.config), *words]
    return account.run(*command, directory=bastion.directory.parent / "code")


def test_an_operators_own_write_fails(python: str, bastion: Scene) -> None:
    database = bastion.directory / "database" / "noc.db"
    write = (
        "import sqlite3, sys;sqlite3.connect(sys.argv[1], uri=True).execute('DELETE FROM setting')"
    )
    for mode in ("ro", "rw"):
        done = OPERATOR.run(python, "-c", write, f"file:{database}?mode={mode}", directory=ROOT_DIR)
        assert "attempt to write a readonly database" in done.stderr
    touch = OPERATOR.run("touch", str(database.parent / "mine"), directory=ROOT_DIR)
    assert touch.returncode != 0


def test_who_has_no_role_is_refused_and_on_record(python: str, bastion: Scene) -> None:
    for account, code in ((STRANGER, 4), (VIEWER, 4), (OPERATOR, 0)):
        done = call(python, bastion, account, "doctor", "--json")
        assert done.returncode == code, (account, done.stdout, done.stderr)
    assert call(python, bastion, OPERATOR, "--as", "lea", "doctor").returncode == 4
    assert verify(bastion.directory / "database" / "noc.db").verdict is Verdict.INTACT


def test_an_operator_sees_all_with_the_daemon_up_stopped_and_killed(
    python: str, bastion: Scene
) -> None:
    """Last of the module: it leaves the daemon dead."""
    for ending, code in ((None, 0), (Program.stop, 3), (Program.kill, 3)):
        if ending is not None:
            ending(bastion.nocd)
        done = call(python, bastion, OPERATOR, "status", "--json")
        if ending is None:
            done = _fresh(python, bastion)
        assert done.returncode == code, done.stderr
        assert len(json.loads(done.stdout)["clusters"]) == 2
        terminal = _console(python, bastion)
        assert terminal.shows("rennes"), terminal.wire.screen.lines()
        terminal.close()
        if ending is Program.stop:
            bastion.start_nocd()
    _restore(bastion)
    terminal = _console(python, bastion)
    assert terminal.shows("rennes"), terminal.wire.screen.lines()
    terminal.close()


def _restore(bastion: Scene) -> None:
    """A backup put in the place of the database, as after a loss."""
    database = bastion.directory / "database" / "noc.db"
    backup = bastion.directory / "backup.db"
    files.copy(database, backup)
    command = [sys.executable, "-m", "noc_tui", "nocd", "restore", str(backup), "--yes"]
    done = subprocess.run(
        [*command, "--config", str(bastion.config)], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _fresh(python: str, bastion: Scene) -> subprocess.CompletedProcess[str]:
    """A look that has waited for the daemon's first polls."""
    for _attempt in range(40):
        done = call(python, bastion, OPERATOR, "status", "--json")
        if done.returncode == 0:
            break
    return done


def _console(python: str, bastion: Scene) -> Terminal:
    command = [python, "-m", "noc_tui", "--config", str(bastion.config)]
    return Terminal.open(OPERATOR, *command, directory=bastion.directory.parent / "code")
