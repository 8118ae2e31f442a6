"""Frames that somebody looked at: sizes, themes, languages, without colour."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import TextArea

from noc_tui import i18n
from noc_tui.console.app import APP_COMMANDS, MODE_COMMANDS, NocApp
from noc_tui.console.modes import MODES
from noc_tui.console.references import GuestRef, TenantRef
from noc_tui.console.screens.guests import detail
from noc_tui.console.screens.guests.screen import Guests
from tests.console import busy_estate, estate, seed_hour
from tests.console.conftest import console, overview_is_whole, shown, shows, until

pytestmark = pytest.mark.anyio
Frame = Callable[[NocApp, str], None]
DRAWN = {
    "overview": "vzdump",
    "tenants": "Initech",
    "guests": "globex-db-1",
    "timeline": "acme · ",
    "sla": "Globex (globex)",
    "suspensions": "S-2",
    "triage": "olga",
    "handover": "lift of room 2",
    "evidence": '"note"',
    "scope": "notre site (",
}
"""What each mode shows as soon as all of it is drawn."""
TICKET = "Bonjour, notre site répond 502 et nginx ne redémarre plus. Pouvez-vous regarder ?"


@pytest.mark.parametrize(
    ("size", "language"), [((80, 24), "en"), ((120, 40), "en"), ((80, 24), "fr")]
)
async def test_every_mode(
    tmp_path: Path, same_frame: Frame, size: tuple[int, int], language: i18n.Language
) -> None:
    i18n.use(language)
    database = estate.configuration(tmp_path).database.path
    await busy_estate.write(database)
    await seed_hour.seed(database)
    suffix = f"{size[0]}x{size[1]}" + ("" if language == "en" else f"-{language}")
    async with console(tmp_path, size=size) as (app, pilot, _nocd):
        for mode in MODES:
            await pilot.press(mode.key)
            if mode.id == "scope":
                field = app.screen.query_one(TextArea)
                field.cursor_blink = False  # a frame is of no particular half-second
                field.text = TICKET
            await shows(pilot, DRAWN[mode.id])
            if mode.id == "overview":
                await until(pilot, lambda: overview_is_whole(app))
            same_frame(app, f"{mode.id}-{suffix}")


@pytest.mark.parametrize(
    ("name", "size", "language", "theme"),
    [
        ("overview-140x40-fr-light", (140, 40), "fr", "noc-light"),
        ("overview-100x30-en-contrast", (100, 30), "en", "noc-contrast"),
    ],
)
async def test_the_overview(
    tmp_path: Path,
    same_frame: Frame,
    name: str,
    size: tuple[int, int],
    language: i18n.Language,
    theme: str,
) -> None:
    i18n.use(language)
    async with console(tmp_path, size=size, theme=theme) as (app, pilot, _nocd):
        await until(pilot, lambda: overview_is_whole(app))
        same_frame(app, name)


@pytest.mark.parametrize(
    ("kind", "size", "language", "word"),
    [
        ("full", (80, 24), "en", "nocd cannot write: its disk is full"),
        ("suspect", (120, 40), "fr", "vérification en cours"),
    ],
)
async def test_a_database_that_cannot_be_written(
    tmp_path: Path,
    same_frame: Frame,
    kind: str,
    size: tuple[int, int],
    language: i18n.Language,
    word: str,
) -> None:
    i18n.use(language)
    async with console(tmp_path, size=size) as (app, pilot, nocd):
        await until(pilot, lambda: overview_is_whole(app))
        assert nocd is not None
        nocd.tell_unwritable(kind)
        await shows(pilot, word)
        same_frame(app, f"overview-{size[0]}x{size[1]}-{language}-{kind}")
        nocd.tell(10**9)
        await until(pilot, lambda: word not in shown(app))


async def test_the_overview_without_colour(
    tmp_path: Path, same_frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with console(tmp_path) as (app, pilot, _nocd):
        await until(pilot, lambda: overview_is_whole(app))
        same_frame(app, "overview-80x24-nocolor")


@pytest.mark.parametrize(
    ("key", "name", "size"),
    [
        ("2", "tenants-132x30", (132, 30)),
        ("3", "guests-160x40", (160, 40)),
    ],
)
async def test_the_tables(
    tmp_path: Path, same_frame: Frame, key: str, name: str, size: tuple[int, int]
) -> None:
    async with console(tmp_path, size=size) as (app, pilot, _nocd):
        await pilot.press(key)
        await until(pilot, lambda: "globex" in shown(app).lower())
        same_frame(app, name)


async def test_the_detail_of_a_guest(tmp_path: Path, same_frame: Frame) -> None:
    async with console(tmp_path, size=(110, 30)) as (app, pilot, _nocd):
        await pilot.press("3")
        await until(pilot, lambda: "globex" in shown(app))
        app.open(GuestRef("rennes", 101))
        drawn = ("qmstart", "cores", "acme-web-1 (rennes/101)", "100 %")
        await until(pilot, lambda: all(word in shown(app) for word in drawn))
        same_frame(app, "guest-110x30")


async def test_a_task_that_runs_is_looked_at_until_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shutdown that fails changes nothing else of its guest."""
    monkeypatch.setattr(detail, "FOLLOW_SECONDS", 0.05)
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        failed = {**nocd.tasks[0], "status": "got timeout", "type": "qmshutdown"}
        nocd.tasks = [{**failed, "status": None, "endtime": None, "outcome": "running"}]
        nic = "virtio=BC:24:11:2E:C5:4A,bridge=vmbr0,firewall=1,mtu=1500,queues=4,link_down=1"
        nocd.settings["net0"] = nic
        app.open(GuestRef("rennes", 101))
        await until(pilot, lambda: "under way  qmshutdown" in shown(app))
        seen = re.sub(r"[\s│]+", "", shown(app))
        assert "link_down=1" in seen
        nocd.tasks = [failed]
        await until(pilot, lambda: "got timeout" in shown(app))
        assert "Last tasks · at " in shown(app)
        count = nocd.task_reads
        await pilot.pause(0.2)
        assert nocd.task_reads == count, "nothing runs: nothing is asked again"


async def test_the_detail_of_a_tenant(tmp_path: Path, same_frame: Frame) -> None:
    i18n.use("fr")
    async with console(tmp_path, size=(110, 30)) as (app, pilot, _nocd):
        app.open(TenantRef("acme"))
        await until(pilot, lambda: "Acme SARL" in shown(app))
        same_frame(app, "tenant-110x30-fr")


async def test_the_help_lists_every_key_with_its_id(tmp_path: Path) -> None:
    async with console(tmp_path, size=(90, 60)) as (app, pilot, _nocd):
        await pilot.press("3")
        await until(pilot, lambda: "globex" in shown(app))
        await pilot.press("question_mark")
        await until(pilot, lambda: "guest.stop" in shown(app))
        for command in (*APP_COMMANDS, *MODE_COMMANDS, *Guests.OFFERS):
            if command.title:
                assert command.id in shown(app), command.id


async def test_a_question(tmp_path: Path, same_frame: Frame) -> None:
    async with console(tmp_path) as (app, pilot, _nocd):
        await pilot.press("3")
        await until(pilot, lambda: "globex" in shown(app))
        await pilot.press("x")
        await until(pilot, lambda: "switched off" in shown(app))
        same_frame(app, "confirm-80x24")
