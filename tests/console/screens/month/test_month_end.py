"""The end of a month on screen: frames, what Enter opens, and what is asked of `nocd`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from noc_tui import i18n
from noc_tui.console.app import NocApp
from noc_tui.console.references import MonthRef
from noc_tui.console.screens.month.screen import MonthEndScreen
from tests.console import busy_estate, estate
from tests.console.conftest import console, shows, until

pytestmark = pytest.mark.anyio
Frame = Callable[[NocApp, str], None]
FEBRUARY = MonthRef("2026-02")


@pytest.mark.parametrize(
    ("size", "language", "month"),
    [
        ((80, 24), "en", "2026-02"),
        ((120, 40), "en", "2026-02"),
        ((80, 24), "fr", "2026-02"),
        ((120, 40), "fr", "2026-03"),
    ],
)
async def test_a_month_with_what_is_open(
    tmp_path: Path,
    same_frame: Frame,
    size: tuple[int, int],
    language: i18n.Language,
    month: str,
) -> None:
    i18n.use(language)
    await busy_estate.write(estate.configuration(tmp_path).database.path)
    suffix = f"{size[0]}x{size[1]}" + ("" if language == "en" else f"-{language}")
    async with console(tmp_path, size=size) as (app, pilot, _nocd):
        app.open(MonthRef(month))
        await shows(pilot, "Initech")
        await until(pilot, lambda: isinstance(app.screen, MonthEndScreen) and app.screen.compared)
        same_frame(app, f"month-{month}-{suffix}")


async def test_it_is_opened_from_the_sla_and_leads_to_what_is_open(tmp_path: Path) -> None:
    await busy_estate.write(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 40)) as (_app, pilot, _nocd):
        await pilot.press("5")
        await shows(pilot, "Globex (globex)")
        await pilot.press("m")
        await shows(pilot, "Month’s end: 2026-03 · running")
        await shows(pilot, "the month is not over")
        await pilot.press("left_square_bracket")
        await shows(pilot, "Month’s end: 2026-02 · not closed")
        await pilot.press("tab", "home", "enter")
        await shows(pilot, "Account e-mail")
        await pilot.press("escape")
        await shows(pilot, "Month’s end: 2026-02")


async def test_closing_asks_why_and_sends_what_was_seen(tmp_path: Path) -> None:
    await busy_estate.write(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 40), play="lea") as (app, pilot, nocd):
        assert nocd is not None
        app.open(FEBRUARY)
        await shows(pilot, "Initech")
        await pilot.press("C")
        await shows(pilot, "This stays open")
        await pilot.press(*"later", "enter")
        await until(pilot, lambda: nocd.orders)
        path, body = nocd.orders[-1]
        assert path == "/v1/months/2026-02/close"
        sent = json.loads(body)
        assert sent["reason"] == "later"
        assert "claim:acme" in sent["left_open"]


async def test_the_question_why_fits_a_small_screen(tmp_path: Path) -> None:
    i18n.use("fr")
    await busy_estate.write(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(80, 24), play="lea") as (app, pilot, _nocd):
        app.open(FEBRUARY)
        await shows(pilot, "Initech")
        await until(pilot, lambda: isinstance(app.screen, MonthEndScreen) and app.screen.compared)
        await pilot.press("C")
        text = await shows(pilot, "Pourquoi clôturer")
        assert "- et 1 autre" in text
        assert "Annuler" in text
