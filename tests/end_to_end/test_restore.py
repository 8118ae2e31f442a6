"""Backups and restores by the real programs: the wrong copy first, the right one second."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from storage.copies import copies_of
from storage.heads import heads_in
from storage.verdict import Verdict
from storage.verify import verify
from tests.end_to_end.programs import ROOT, Scene, until


def nocd(played: Scene, *words: str) -> subprocess.CompletedProcess[str]:
    """`nocd` with these words, to its end."""
    command = [sys.executable, "-m", "noc_tui", "nocd", *words, "--config", str(played.config)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, stdin=subprocess.DEVNULL
    )


def registered(played: Scene, text: str) -> None:
    line = ("evidence", "register", "circumstance", "--add", text, "--reference", "R-1")
    assert played.call("--as", "omar", *line).returncode == 0


def backed_up(played: Scene, directory: Path) -> Path:
    before = set(directory.glob("*.db"))
    done = nocd(played, "backup", str(directory), "--keep", "2")
    assert done.returncode == 0, done.stderr
    (made,) = set(directory.glob("*.db")) - before
    return made


def kinds(played: Scene) -> list[str]:
    listed = json.loads(played.call("evidence", "list", "--json", "--limit", "100000").stdout)
    return [entry["kind"] for entry in listed]


def test_the_wrong_copy_first_and_the_right_one_second(played: Scene, tmp_path: Path) -> None:
    database = played.directory / "noc.db"
    registered(played, "first")
    wrong = backed_up(played, tmp_path)
    registered(played, "second")
    head = tmp_path / "heads"
    assert played.call("--as", "omar", "evidence", "anchor", "--out", str(head)).returncode == 0
    right = backed_up(played, tmp_path)
    registered(played, "third")
    latest = tmp_path / "latest"
    assert played.call("--as", "omar", "evidence", "anchor", "--out", str(latest)).returncode == 0
    assert "backup" not in {
        line["key"] for line in json.loads(played.call("doctor", "--json").stdout)
        if line["level"] == "bad"
    }  # fmt: skip
    manifest = json.loads(right.with_suffix(".json").read_text())
    assert (manifest["verdict"], bool(manifest["signature"])) == ("intact", True)
    assert nocd(played, "restore", str(right)).returncode == 4, "while nocd runs"

    played.nocd.stop()
    today = verify(database)
    refused = nocd(played, "restore", str(wrong))
    assert refused.returncode == 4
    assert verify(database).last_hash == today.last_hash
    for backup in (wrong, right):
        done = nocd(played, "restore", str(backup), "--yes")
        assert done.returncode == 0, done.stderr
    kept = {path.name: verify(path) for path in copies_of(database)}
    assert {report.verdict for report in kept.values()} == {Verdict.INTACT}
    assert today.last_hash in {report.last_hash for report in kept.values()}
    assert verify(database, heads_in(head.read_bytes())).verdict is Verdict.INTACT
    verified = played.call("evidence", "verify", "--head", str(latest))
    assert verified.stdout == "restored\n", verified.stderr

    played.start_nocd()
    until(played.fresh, "a fresh look while held: it goes on measuring")
    listed = kinds(played)
    assert listed.count("database.restored") == 1
    until(lambda: "held" in alerts(played), "an alert that nocd is held")
    assert nocd(played, "resume", "--yes", "--as", "omar").returncode == 4
    assert nocd(played, "resume", "--as", "lea").returncode == 4, "nobody answered"
    shown = nocd(played, "resume", "--list", "--json", "--as", "vera")
    assert json.loads(shown.stdout)["held"] is True
    assert nocd(played, "resume", "--yes", "--as", "lea").returncode == 0
    until(lambda: "held" not in alerts(played), "the alert's end")
    assert json.loads(nocd(played, "resume", "--list", "--json").stdout)["held"] is False
    assert verify(database).verdict is Verdict.INTACT


def alerts(played: Scene) -> set[str]:
    """The rules of the open alerts."""
    with sqlite3.connect(f"file:{played.directory / 'noc.db'}?mode=ro", uri=True) as file:
        rows: list[tuple[Any, ...]] = file.execute(
            "SELECT rule FROM alert WHERE state = 'open'"
        ).fetchall()
    file.close()
    return {rule for (rule,) in rows}
