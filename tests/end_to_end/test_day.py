"""A day of a NOC: ten consoles of ten Unix accounts, driven by keys, each screen watched."""

import json
import re
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from noc_tui.clock import ScaledClock
from storage.verdict import Verdict
from storage.verify import verify
from tests.end_to_end.accounts import Account, copy_code, readable_python
from tests.end_to_end.programs import Scene, scene
from tests.end_to_end.room import Desk, Room, room

ACCOUNTS = ("daemon", "bin", "sys", "games", "man", "lp", "mail", "news", "uucp", "proxy")
GROUP = "users"
SPEED = 2400.0
"""A day in thirty-six seconds."""
WATCH = timedelta(hours=6)
NODES = (("rennes", "ren-pve02"), ("nantes", "nan-pve03"), ("rennes", "ren-pve03"),
         ("nantes", "nan-pve02"))  # fmt: skip
# At this speed a poll each ten seconds would be a hundred and forty a second.
PACE = f"""
[poll]
fast = 3600
slow = 28800
stale_after = 21600
[probing]
interval = 14400
[suspension]
check_seconds = 28800
[roles.operator]
users = {json.dumps(ACCOUNTS)}
"""
pytestmark = pytest.mark.needs_root
ENTER, ESCAPE, HOME = "\r", "\x1b", "\x1b[H"


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did, as the evidence tells it; `at` in microseconds."""

    at: int
    kind: str
    account: str
    payload: dict[str, Any]


@dataclass(slots=True)
class Day:
    """The estate, its daemon, the room, and what must have been seen."""

    scene: Scene
    room: Room
    clock: ScaledClock

    @property
    def database(self) -> Path:
        return self.scene.directory / "database" / "noc.db"

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, parameters).fetchall()

    def acts(self, kind: str = "") -> list[Act]:
        """What the ten did, in order, of one kind or of all."""
        found = self.rows(
            "SELECT at, kind, account, content"
            " FROM evidence JOIN evidence_payload USING (seq)"
            " WHERE account IN (SELECT value FROM json_each(?)) AND kind LIKE ? ORDER BY seq",
            json.dumps(ACCOUNTS),
            kind or "%",
        )
        return [Act(at, kind, name, json.loads(content)) for at, kind, name, content in found]

    def real(self, micros: int) -> float:
        """The machine's time at an instant of the accelerated clock."""
        passed = micros / 1e6 - self.clock.origin.timestamp()
        return self.clock.real_origin + passed / self.clock.speed

    def until(self, hours: timedelta, start: datetime) -> None:
        """Look on until so much of the day is over."""
        while self.clock.now() - start < hours:
            self.room.look(0.1)

    def happens(self, do: str, **what: str) -> None:
        """Something happens in the estate."""
        body = json.dumps({"do": do, **what}).encode()
        door = self.scene.simulator.ready["control"]
        with urllib.request.urlopen(door, body, timeout=10) as answer:  # noqa: S310 -- loopback
            assert answer.read() == b"{}"


def for_accounts(text: str) -> str:
    """A database that the operators' group may read, and the pace."""
    text = text.replace("noc.db", "database/noc.db", 1)
    return text.replace("[database]", f'[database]\ngroup = "{GROUP}"', 1) + PACE


@pytest.fixture
def day() -> Iterator[Day]:
    """Everything running, every console showing the estate."""
    python = readable_python()
    with TemporaryDirectory(prefix="noc-day-") as name:
        place = Path(name)
        place.chmod(0o755)
        copy_code(place / "code")
        with scene(place, speed=SPEED, configured=for_accounts) as played:
            # The register was read; at this speed it would be looked at forty times a second.
            played.nocd.stop()
            text = re.sub(r"\[register\]\nfile = .*\n", "", played.config.read_text())
            played.config.write_text(text)
            played.config.chmod(0o644)
            played.start_nocd()
            command = [python, "-m", "noc_tui", "--config", str(played.config), "--lang", "en"]
            accounts = [Account(one, GROUP) for one in ACCOUNTS]
            with room(accounts, *command, directory=place / "code") as full:
                full.all_show("● live", f"+{len(ACCOUNTS) - 1} · operator")
                yield Day(played, full, played.estate.clock)


def test_ten_consoles_work_a_day_and_each_sees_what_the_others_do(day: Day) -> None:
    start = day.clock.now()
    for number, (cluster, node) in enumerate(NODES):
        day.until(number * WATCH, start)
        day.happens("kill-node", cluster=cluster, node=node)
        trouble(day, number, f"{cluster}/{node}")
        day.happens("revive-node", cluster=cluster, node=node)
        if number % 2:
            notes(day, number)
            hand_over(day, *day.room.desks[number - 1 : number + 1])
    day.until(len(NODES) * WATCH, start)
    nothing_is_lost(day)
    everybody_saw_it(day)
    assert verify(day.database).verdict is Verdict.INTACT


def trouble(day: Day, number: int, node: str) -> None:
    """A node fails: all ten go for it at once, one gets it, and takes its incident on."""
    room = day.room
    room.press("7")
    room.all_show(f"node {node} is offline")
    # The cursor keeps its row while a cause still finds its place: to the top until it is there.
    for desk in room.desks:
        room.watch(partial(at_top, desk, node), f"{desk.name} at {node}")
    room.press("a")
    room.all_show("Cancel", "OK")
    for desk in room.desks:
        desk.press(f"{desk.name} has it, watch {number}")
    room.all_show(f"has it, watch {number}")
    room.press(ENTER)
    room.all_show(": ", f"has it, watch {number}")
    ((name,),) = day.rows(
        "SELECT acknowledged_by FROM alert WHERE fingerprint = ?", f"node:node:{node}"
    )
    for desk in room.desks:
        if desk.name != name:  # what was typed stays, with the reason of its refusal
            room.watch(partial(desk.shows, "acknowledged this already"), f"{desk.name} refused")
            desk.press(ESCAPE)
    room.none_shows("Cancel", "OK")
    room.press("i")
    room.all_show("Timeline", "Outages:")
    winner = next(desk for desk in room.desks if desk.name == name)
    winner.press("a")
    room.watch(lambda: winner.shows("Cancel", "OK"), "the question")
    winner.press(ENTER)
    room.all_show("▲ acknowledged", name)
    room.none_shows("Cancel", "OK")
    room.press(ESCAPE)
    room.all_show("unacknowledged alerts")


def at_top(desk: Desk, node: str) -> bool:
    """Whether the row under the cursor is the node's, else go to the first one."""
    if desk.shows("About", node):
        return True
    desk.press(HOME)
    return False


def notes(day: Day, number: int) -> None:
    """All ten write a note for the next shift, at once."""
    room = day.room
    room.press("8")
    room.all_show("Next handover (draft)")
    room.press("n")
    room.all_show("Cancel", "OK")
    for desk in room.desks:
        desk.press(f"watch {number} of {desk.name}")
    room.all_show(f"watch {number} of")
    room.press(ENTER)
    for desk in room.desks:
        room.all_show(f"{desk.name}: watch {number} of {desk.name}")
    room.none_shows("Cancel", "OK")


def hand_over(day: Day, outgoing: Desk, incoming: Desk) -> None:
    """One hands over, another takes two items and signs."""
    room = day.room
    outgoing.press("o")
    room.watch(lambda: outgoing.shows("Yes (y)"), "the question")
    outgoing.press("y")
    room.all_show(f"of {outgoing.name}: 0 of")
    incoming.press(HOME)
    for taken in (1, 2):
        incoming.press(" ")
        room.all_show(f"of {outgoing.name}: {taken} of")
    incoming.press("s")
    room.watch(lambda: incoming.shows("Yes (y)"), "the question")
    incoming.press("y")
    room.all_show("Next handover (draft)")


def nothing_is_lost(day: Day) -> None:
    """Each act once, by who did it."""
    written = day.rows("SELECT account, text FROM shift_note ORDER BY id")
    assert sorted(written) == sorted(
        (name, f"watch {number} of {name}") for name in ACCOUNTS for number in (1, 3)
    )
    taken = day.acts("alert.acknowledged")
    assert len(taken) == len(NODES)
    kept = day.rows("SELECT account, text FROM alert_note ORDER BY id")
    assert kept == [(act.account, act.payload["text"]) for act in taken]
    for number, (account, text) in enumerate(kept):
        assert text == f"{account} has it, watch {number}"


def everybody_saw_it(day: Day) -> None:
    """Every screen showed every change after it was made. How fast is `benchmarks.daemon`'s."""
    for act, words in shown(day.acts()):
        for desk in day.room.desks:
            assert desk.saw(words, day.real(act.at)), f"{desk.name} never saw {words}"


def shown(acts: list[Act]) -> Iterator[tuple[Act, tuple[str, ...]]]:
    """Each act with the words by which a screen shows it."""
    outgoing, taken = "", 0
    for act in acts:
        match act.kind:
            case "handover.noted" | "alert.acknowledged":
                yield act, (f"{act.account}: {act.payload['text']}",)
            case "incident.acknowledged":
                yield act, ("▲ acknowledged", act.account)
            case "handover.opened":
                outgoing, taken = act.account, 0
                yield act, (f"of {outgoing}: 0 of",)
            case "handover.accepted":
                taken += 1
                yield act, (f"of {outgoing}: {taken} of",)
            case "handover.signed":
                yield act, ("Next handover (draft)",)
