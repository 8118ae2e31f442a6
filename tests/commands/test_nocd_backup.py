"""`nocd backup`: its way to the other site, and what is said when it fails."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noc_tui.cli import nocd
from storage.database_backup import last_backup
from storage.heads import SigningKey
from storage.migrations import migrate

COPY = """
import pathlib, shutil, sys
for file in sys.argv[2:]:
    shutil.copy(file, sys.argv[1])
"""


def configured(directory: Path, send: str = "") -> Path:
    database = directory / "db" / "noc.db"
    if not database.exists():
        migrate(database, datetime.now(UTC))
        SigningKey.generate().save(database.with_name("evidence.key"))
    config = directory / "noc.toml"
    config.write_text(
        f'[database]\npath = "{database}"\n'
        f'[socket]\npath = "{directory / "s"}"\n[backup]\n{send}\n',
        encoding="utf-8",
    )
    (directory / "backups").mkdir(exist_ok=True)
    return config


def test_the_copy_and_its_manifest_reach_the_other_site(tmp_path: Path) -> None:
    other = tmp_path / "dc2"
    other.mkdir()
    words = [sys.executable, "-c", COPY, str(other), "{file}", "{manifest}"]
    config = configured(tmp_path, f"send = {json.dumps(words)}")
    backups = tmp_path / "backups"
    assert nocd(["backup", str(backups), "--config", str(config)]) == 0
    assert {path.name for path in other.iterdir()} == {path.name for path in backups.iterdir()}
    last = last_backup(tmp_path / "db" / "noc.db")
    assert last is not None
    assert (last.sent, last.signed, last.verdict) == (True, True, "intact")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([sys.executable, "-c", "import sys; sys.exit('no route to dc2')"], "no route to dc2"),
        (["/nowhere/rsync"], "No such file"),
        ([sys.executable, "-c", "import time; time.sleep(60)"], "0 s"),
    ],
)
def test_a_failure_is_kept_for_the_alert(
    tmp_path: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    patience = 0.3 if "time.sleep" in words[-1] else 30
    config = configured(tmp_path, f"send = {json.dumps(words)}\nsend_timeout = {patience}")
    backups = tmp_path / "backups"
    assert nocd(["backup", str(backups), "--lang", "en", "--config", str(config)]) == 1
    assert len(list(backups.glob("*.db"))) == 1, "the copy here is whole all the same"
    last = last_backup(tmp_path / "db" / "noc.db")
    assert last is not None
    assert last.sent is False
    assert said in last.said
    assert said in capsys.readouterr().err


def test_an_account_without_the_key_says_that_the_manifest_is_not_signed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configured(tmp_path)
    (tmp_path / "db" / "evidence.key").unlink()
    backups = tmp_path / "backups"
    words = ["backup", str(backups), "--keep", "1", "--lang", "en", "--config", str(config)]
    assert nocd(words) == 0
    assert "not signed" in capsys.readouterr().err
    assert nocd(words) == 0
    assert len(list(backups.glob("*.db"))) == 1
    assert nocd(["backup", str(tmp_path / "absent"), "--config", str(config)]) == 2
