"""A shift with the real programs: handing over after a busy day, ten accounts working at once."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from storage import files
from storage.verify import Verdict, verify

from .programs import ROOT, Scene, scene, until

ACCOUNTS = ("daemon", "bin", "sys", "games", "man", "lp", "mail", "news", "uucp", "proxy")
NOTES = 20
PATIENCE_SECONDS = 5.0

# What a console does, with the standard library alone: work, and listen for what is new.
_WORKER = """
import http.client, json, socket, sys, threading, time
path, alerts, notes = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])

class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(path)

def post(where, body):
    connection = Unix("nocd", timeout=60)
    connection.request("POST", where, json.dumps(body))
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())

heard = []
def listen():
    connection = Unix("nocd", timeout=60)
    connection.request("GET", "/v1/events?after=0")
    answer = connection.getresponse()
    while line := answer.readline():
        if line.startswith(b"data:"):
            heard.append((int(line[5:]), time.monotonic()))

threading.Thread(target=listen, daemon=True).start()
acknowledged = [name for name in alerts
                if post("/v1/alerts/acknowledge", {"fingerprint": name})[0] == 200]
kept = []
for number in range(notes):
    status, answer = post("/v1/handover/note", {"text": f"note {number}"})
    assert status == 200, answer
    kept.append((answer["note"], time.monotonic()))
time.sleep(2)
print(json.dumps({"acknowledged": acknowledged, "kept": kept, "heard": heard}))
"""


def rows(scene: Scene, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    database = next(scene.directory.rglob("noc.db"))
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(sql, parameters).fetchall()


def test_a_handover_after_a_busy_day_holds_every_open_item(tmp_path: Path) -> None:
    with scene(tmp_path, speed=120, scenario="day", guests=60, tenants=6) as day:
        start = day.estate.clock.now()
        until(lambda: day.estate.clock.now() - start > timedelta(minutes=40), "a while of the day")
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
    words = ("restore", str(backup), "--config", str(day.config))
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


@pytest.fixture
def shared() -> Iterator[Path]:
    """A directory whose socket every account may reach."""
    with TemporaryDirectory(prefix="noc-shift-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.needs_root
def test_ten_accounts_at_once_lose_nothing_and_do_nothing_twice(shared: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to act as other accounts")
    with scene(shared, speed=60, scenario="node-failure") as night:
        night.nocd.stop()
        head, _demo, rest = night.config.read_text().partition("[demo]")
        clock = "\n".join(line for line in rest.splitlines() if line.startswith("[["))
        names = json.dumps(ACCOUNTS)
        night.config.write_text(f"{head}\n{clock}\n[roles.operator]\nusers = {names}\n")
        night.start_nocd()
        open_ones = "SELECT fingerprint FROM alert WHERE state = 'open'"
        until(lambda: bool(rows(night, open_ones)), "an alert")
        alerts = json.dumps([name for (name,) in rows(night, open_ones)])
        socket = str(next(shared.rglob("nocd.sock")))
        workers = {
            name: subprocess.Popen(
                ["/usr/bin/python3", "-c", _WORKER, socket, alerts, str(NOTES)],
                stdout=subprocess.PIPE,
                text=True,
                user=name,
                group="nogroup",
                extra_groups=[],
                cwd="/",
            )
            for name in ACCOUNTS
        }
        said = {name: json.loads(process.communicate()[0]) for name, process in workers.items()}

        authors = dict(rows(night, "SELECT account, count(*) FROM shift_note GROUP BY account"))
        assert authors == dict.fromkeys(ACCOUNTS, NOTES)
        written = dict(rows(night, "SELECT id, account FROM shift_note"))
        for name, done in said.items():
            assert {written[number] for number, _at in done["kept"]} == {name}
        taken = [one for done in said.values() for one in done["acknowledged"]]
        assert sorted(taken) == sorted(json.loads(alerts))
        for fingerprint, by in rows(
            night, "SELECT fingerprint, acknowledged_by FROM alert WHERE acknowledged_at NOT NULL"
        ):
            assert fingerprint in said[str(by)]["acknowledged"]
        newest = dict(rows(night, "SELECT id, revision FROM shift_note"))
        late = 0.0
        for name, done in said.items():
            for other in said.values():
                for number, at in other["kept"]:
                    heard = [when for revision, when in done["heard"] if revision >= newest[number]]
                    assert heard, f"{name} was never told of note {number}"
                    late = max(late, heard[0] - at)
        assert late < PATIENCE_SECONDS
        database = next(shared.rglob("noc.db"))
    assert verify(database).verdict is Verdict.INTACT
