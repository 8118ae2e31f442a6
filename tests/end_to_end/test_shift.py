"""A shift with the real programs: handing over after a busy day, and what a lead does."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage import files
from tests.end_to_end.programs import ROOT, Scene, scene, until


def rows(scene: Scene, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    database = next(scene.directory.rglob("noc.db"))
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(sql, parameters).fetchall()


@pytest.mark.long
def test_a_handover_after_a_busy_day_holds_every_open_item(tmp_path: Path) -> None:
    with scene(tmp_path, speed=120, scenario="day", guests=60, tenants=6) as day:
        start = day.estate.clock.now()
        until(lambda: day.estate.clock.now() - start > timedelta(minutes=20), "a while of the day")
        assert day.call("--as", "omar", "handover", "note", "the lift is out").returncode == 0
        opened = day.call("--as", "omar", "handover", "open")
        assert opened.returncode == 0, opened.stderr
        day.nocd.stop()

        ((number, at),) = rows(day, "SELECT id, opened_at FROM handover")
        held = {subject for (subject,) in rows(day, "SELECT subject FROM handover_item")}
        lasting = "since <= ? AND (state = 'open' OR resolved_at > ?)"
        alerts = rows(day, f"SELECT fingerprint FROM alert WHERE {lasting}", at, at)  # noqa: S608
        incidents = rows(
            day,
            "SELECT id FROM incident WHERE opened_at <= ?"
            " AND (state IN ('open', 'acknowledged', 'mitigated') OR ended_at > ?)",
            at,
            at,
        )
        notes = rows(day, "SELECT id FROM shift_note")
        assert alerts
        expected = {f"alert:{name}" for (name,) in alerts}
        expected |= {f"incident:{name}" for (name,) in incidents}
        expected |= {f"note:{name}" for (name,) in notes}
        assert expected <= held

        day.start_nocd()
        own = day.call("--as", "omar", "handover", "accept")
        assert own.returncode == 4, own.stderr
        taken = day.call("--as", "olga", "handover", "accept", "--items", "1")
        assert taken.returncode == 0, taken.stderr
        left = rows(
            day,
            "SELECT count(*), count(accepted_at), sum(holder = 'omar') FROM handover_item"
            " WHERE handover = ?",
            number,
        )
        assert left == [(len(held), 1, len(held) - 1)]
        shown = json.loads(day.call("handover", "show", "--json").stdout)
        mine = {line["subject"] for line in shown["items"] if line["holder"] == "omar"}
        assert "note:1" in mine
        exported = day.call("handover", "export", "--format", "html").stdout
        assert "the lift is out" in exported
        _rota_and_registers(day)
        _restored(day)
        assert day.call("evidence", "verify").stdout == "intact\n"


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    """`nocd` with these words, to its end."""
    command = [sys.executable, "-m", "noc_tui", "nocd", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def _restored(day: Scene) -> None:
    """A backup takes the place of the database only while no daemon runs."""
    database = next(day.directory.rglob("noc.db"))
    backup = day.directory / "backup.db"
    files.copy(database, backup)
    words = ("restore", str(backup), "--yes", "--config", str(day.config))
    assert _run(*words).returncode == 4
    day.nocd.stop()
    restored = _run(*words)
    assert (restored.returncode, "chain intact" in restored.stdout) == (0, True), restored.stderr
    assert day.status()[0] == 3
    day.start_nocd()
    until(day.fresh, "a fresh look after the restore")


def _rota_and_registers(day: Scene) -> None:
    """A lead plans, an operator may not; what an authority asked for is kept."""
    shift = ("handover", "rota", "2030-01-01T08:00:00+01:00", "2030-01-01T20:00:00+01:00", "olga")
    assert day.call("--as", "omar", *shift).returncode == 4
    planned = day.call("--as", "lea", *shift)
    assert (planned.returncode, "olga" in planned.stdout) == (0, True), planned.stderr
    line = ("evidence", "register", "authority", "--add", "asks who acted", "--reference", "R-12")
    assert day.call("--as", "omar", *line).returncode == 0
    kept = day.call("evidence", "register", "authority").stdout
    assert "omar" in kept
    assert "R-12" in kept
    assert day.call("evidence", "register", "disclosure").stdout == ""
    listed = day.call("evidence", "list", "--by", "omar", "--kind", "register.", "--json")
    assert [entry["kind"] for entry in json.loads(listed.stdout)] == ["register.authority"]
    assert day.call("evidence", "list", "--since", "yesterday").returncode == 2
