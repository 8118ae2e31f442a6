"""A backup that root puts in place on a new machine is the daemon's to work on."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noc_tui.cli import nocd
from storage.migrations import migrate

DAEMON, GROUP = 65533, 65534


@pytest.mark.needs_root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to own files of another account")
def test_everything_that_is_restored_belongs_to_the_daemon(tmp_path: Path) -> None:
    backup, here = tmp_path / "backup.db", tmp_path / "noc"
    migrate(backup, datetime.now(UTC))
    here.mkdir()
    os.chown(here, DAEMON, GROUP)
    config = tmp_path / "noc.toml"
    config.write_text(
        f'[database]\npath = "{here / "noc.db"}"\n[socket]\npath = "{tmp_path / "s"}"\n',
        encoding="utf-8",
    )
    assert nocd(["restore", str(backup), "--config", str(config)]) == 0
    made = {path.name: (path.stat().st_uid, path.stat().st_gid) for path in here.iterdir()}
    assert "noc.db.lock" in made
    assert set(made.values()) == {(DAEMON, GROUP)}
