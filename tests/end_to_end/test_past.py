"""A demo with a past: last month and this one stand on record before its daemon starts."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from noc_tui.contract.calendar import Month
from noc_tui.contract.instants import parse_instant
from storage.verdict import Verdict
from storage.verify import verify
from tests.end_to_end.at import mid_month
from tests.end_to_end.programs import ROOT, Program

TENANT = "atelier-armor"
"""The first of the estate: cut off for 54 minutes last month."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("past")
    words = ("--guests", "60", "--tenants", "8", "--past", "--dir", str(folder))
    program = Program.start("demo", "--headless", *words, at=mid_month())
    yield program
    program.end_input()


def asked(demo: Program, *words: str) -> Any:
    command = [sys.executable, "-m", "noc_tui", "--config", demo.ready["config"], *words]
    done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT)
    return json.loads(done.stdout)


def last_month(demo: Program) -> Month:
    (status,) = asked(demo, "status", "--json")["clusters"][:1]
    return Month.of(parse_instant(status["observed_at"])).previous


def test_last_month_holds_what_the_hoster_owes_for(demo: Program) -> None:
    month = str(last_month(demo))
    words = ("--tenant", TENANT, "--month", month, "--format", "json")
    statement = asked(demo, "sla", "statement", *words)
    assert statement["final"]
    assert statement["contractual"]["down_seconds"] == str(54 * 60)
    assert statement["unmeasured_seconds"] == str(12 * 60)
    assert statement["credit"]["tier"] == 10
    (outage,) = [one for one in statement["intervals"] if one["kind"] == "outage"]
    assert (outage["cause"], outage["decided_by"]) == ("hoster", "omar")


def test_what_the_client_did_itself_is_left_out(demo: Program) -> None:
    month = str(last_month(demo))
    words = ("--tenant", "boulangerie-du-golfe", "--month", month, "--format", "json")
    statement = asked(demo, "sla", "statement", *words)
    assert statement["raw"]["down_seconds"] == str(95 * 60)
    assert statement["contractual"]["down_seconds"] == "0"


def test_an_incident_is_left_to_close_and_the_others_are_reviewed(demo: Program) -> None:
    states = [one["state"] for one in asked(demo, "incident", "list", "--json")]
    assert states[0] == "acknowledged"
    assert {"reviewed"} <= set(states)


def test_every_entry_of_it_proves_itself(demo: Program) -> None:
    assert verify(Path(demo.ready["database"])).verdict is Verdict.INTACT


def test_what_was_announced_has_left_then_and_not_today(demo: Program) -> None:
    folder = Path(demo.ready["mail"]["directory"])
    mails = sorted(folder.glob("*.eml"))
    assert len(mails) == 4
    month = last_month(demo)
    name = month.first_day.strftime("%b %Y")
    assert f"14 {name}" in mails[0].read_text(encoding="utf-8")
