"""Every mode at three sizes in both languages, and in every theme: kept as text, one file a frame.

`UPDATE_FRAMES=1` writes them anew, and `FRAMES_TO=DIR` draws them as pictures to be looked at.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from noc_tui import i18n
from noc_tui.console.app import NocApp
from noc_tui.console.modes import MODES, Mode
from noc_tui.console.references import NodeRef, PaymentsRef, PromisesRef, Reference, TenantRef
from tests.console import busy_estate, estate, seed_hour
from tests.console.conftest import console, lines, overview_is_whole, shown, shows, until
from tests.console.test_frames import DRAWN, TICKET
from widgets.terminal.colours import Colours

pytestmark = [pytest.mark.anyio, pytest.mark.long]
KEPT = Path(__file__).parent / "frames" / "text"
SIZES = ((80, 24), (120, 40), (200, 50))
PAGES: dict[str, tuple[Reference, str]] = {
    "tenant": (TenantRef("acme"), "(acme)"),
    "node": (NodeRef("rennes", "ren-pve1"), "ren-pve1"),
    "promises": (PromisesRef("acme"), "Acme SARL"),
    "payments": (PaymentsRef(""), "F-2026-001"),
}
"""Pages that no mode is, and what each shows as soon as it is drawn."""


@asynccontextmanager
async def filled(
    folder: Path, size: tuple[int, int], theme: str = "noc-dark", colours: Colours = "all"
) -> AsyncIterator[tuple[NocApp, Pilot[int]]]:
    """A console on the busy estate, with an hour of load behind it."""
    database = estate.configuration(folder).database.path
    await busy_estate.write(database)
    await seed_hour.seed(database)
    async with console(folder, size=size, theme=theme, colours=colours) as (app, pilot, _nocd):
        yield app, pilot


async def draw(app: NocApp, pilot: Pilot[int], mode: Mode) -> list[str]:
    """Open a mode and return its lines, once all of it is there."""
    await pilot.press(mode.key)
    if mode.id == "scope":
        field = app.screen.query_one(TextArea)
        field.cursor_blink = False
        field.text = TICKET
    await shows(pilot, DRAWN[mode.id])
    if mode.id == "overview":
        await until(pilot, lambda: overview_is_whole(app))
    await pilot.pause()
    return lines(app)


def picture(app: NocApp, name: str) -> None:
    """Draw it as a picture too, where somebody wants to look."""
    if folder := os.environ.get("FRAMES_TO"):
        Path(folder, f"{name}.svg").write_text(app.export_screenshot(), encoding="utf-8")


def compare(drawn: list[str], name: str) -> None:
    """Compare what is drawn with what was looked at."""
    text = "\n".join(line.rstrip() for line in drawn) + "\n"
    kept = KEPT / f"{name}.txt"
    if os.environ.get("UPDATE_FRAMES"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(text, encoding="utf-8")
    assert text.splitlines() == kept.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_mode_at_every_size(
    tmp_path: Path, size: tuple[int, int], language: i18n.Language
) -> None:
    i18n.use(language)
    async with filled(tmp_path, size) as (app, pilot):
        for mode in MODES:
            drawn = await draw(app, pilot, mode)
            name = f"{mode.id}-{size[0]}x{size[1]}-{language}"
            picture(app, name)
            compare(drawn, name)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_page_fits(
    tmp_path: Path, size: tuple[int, int], language: i18n.Language
) -> None:
    """No line of a page is wider than its terminal, and each says what it is of."""
    i18n.use(language)
    async with filled(tmp_path, size) as (app, pilot):
        for name, (reference, word) in PAGES.items():
            app.open(reference)
            await until(pilot, lambda word=word: word in shown(app))  # type: ignore[misc]
            picture(app, f"{name}-{size[0]}x{size[1]}-{language}")
            assert all(len(line.rstrip()) <= size[0] for line in lines(app))


@pytest.mark.parametrize(
    ("theme", "colours"),
    [("noc-light", "all"), ("noc-contrast", "all"), ("noc-dark", "16"), ("noc-dark", "none")],
)
async def test_no_theme_says_less_than_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theme: str, colours: Colours
) -> None:
    """Nothing is told by colour alone: without it, and in any other, the same is written."""
    if colours == "none":
        monkeypatch.setenv("NO_COLOR", "1")
    async with filled(tmp_path, (120, 40), theme, colours) as (app, pilot):
        for mode in MODES:
            drawn = await draw(app, pilot, mode)
            picture(app, f"{mode.id}-120x40-{theme}-{colours}")
            compare(drawn, f"{mode.id}-120x40-en")
