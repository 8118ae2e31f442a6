"""The pictures in `screenshots/`, made from a demo in trouble: every mode, two details, themes.

usage: screenshots.py [--all] [NAME …]   (only those whose name begins so)

With `--all` every mode in three themes and both languages, into `screenshots/all`.
"""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec.structs import replace
from textual.widgets import TextArea

from noc_tui import i18n
from noc_tui.config import Configuration, load
from noc_tui.console.app import NocApp
from noc_tui.console.data_freshness import Daemon
from noc_tui.console.modes import MODES
from noc_tui.console.references import GuestRef, IncidentRef, TenantRef
from noc_tui.console.session import Session
from noc_tui.console.shell import themes
from widgets.timeline import Timeline

FOLDER = Path(__file__).resolve().parent.parent / "screenshots"
ESTATE = ("--guests", "300", "--tenants", "24", "--seed", "7")
NIGHT = (*ESTATE, "--scenario", "node-failure", "--speed", "10")
"""A node is down: what most pictures show."""
OUTAGES = (*ESTATE, "--scenario", "tenant-outage", "--speed", "100")
"""More than an hour in which clients are out, for what counts seconds."""
MONTHS = (*ESTATE, "--past")
"""Two months behind it, for what is answered for afterwards."""
WARM_UP_SECONDS = 45
SETTLE_SECONDS = 2.0
CASE = (
    "suspension", "plan", "--tenant", "atelier-armor", "--ground", "contract-breach",
    "--means", "vm_cut_network",
)  # fmt: skip
NOTE = ("handover", "note", "The lift of the second room is out until Monday.")
TICKET = """Bonjour,

Depuis la mise à jour de ce matin, notre site répond 502 et le serveur nginx ne
redémarre plus. Pouvez-vous regarder ?

Merci d'avance."""
Go = Callable[[NocApp], object]
_FONTS = re.compile(r" *@font-face \{.*?\}\n", re.DOTALL)
"""Fonts that a viewer would fetch from elsewhere; its own monospaced one serves."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: what to open, in which size, language and theme."""

    name: str
    mode: str = "overview"
    go: Go | None = None
    size: tuple[int, int] = (120, 36)
    language: i18n.Language = "en"
    theme: str = "noc-dark"
    demo: tuple[str, ...] = NIGHT


def shots() -> Iterator[Shot]:
    """All pictures."""
    for mode in MODES:
        demo = MONTHS if mode.id in ("timeline", "sla") else NIGHT
        yield Shot(mode.id, mode.id, GO.get(mode.id), demo=demo)
    yield Shot("timeline-hour", "timeline", _one_hour, demo=OUTAGES)
    yield Shot("incident", "timeline", lambda app: app.open(IncidentRef(1)), demo=MONTHS)
    yield Shot("overview-fr-80x24", size=(80, 24), language="fr")
    yield Shot("overview-light", theme="noc-light")
    yield Shot("guests-contrast", "guests", theme="noc-contrast")
    yield Shot("guest", "guests", lambda app: app.open(GuestRef("rennes", 101)))
    yield Shot("tenant", "tenants", lambda app: app.open(TenantRef("atelier-armor")))
    yield Shot("help", "guests", lambda app: app.action_help())
    yield Shot("find", "overview", lambda app: app.action_palette())


def every_shot() -> Iterator[Shot]:
    """Every mode in three themes and both languages."""
    languages: tuple[i18n.Language, ...] = ("en", "fr")
    for mode in MODES:
        for theme in themes.CYCLE:
            for language in languages:
                name = f"all/{mode.id}-{theme.removeprefix('noc-')}-{language}"
                go = GO.get(mode.id)
                yield Shot(name, mode.id, go, language=language, theme=theme)


def _written(app: NocApp) -> None:
    app.screen.query_one(TextArea).text = TICKET


def _one_hour(app: NocApp) -> None:
    for _ in range(3):
        app.screen.query_one(Timeline).action_zoom(1)


GO: dict[str, Go] = {"scope": _written}


@contextmanager
def demo(folder: Path, options: tuple[str, ...]) -> Iterator[Configuration]:
    """A running demo, whose figures have had time to move."""
    command = [
        sys.executable, "-m", "noc_tui", "demo", "--headless", *options, "--dir", str(folder),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None  # noqa: S101 -- a pipe, as asked; this tells mypy
        assert running.stdout is not None  # noqa: S101 -- as above
        try:
            ready: dict[str, Any] = json.loads(running.stdout.readline())
            for words in (CASE, NOTE):
                asked = [sys.executable, "-m", "noc_tui", "--config", ready["config"], *words]
                subprocess.run(asked, check=True, stdout=subprocess.DEVNULL)
            yield load(Path(ready["config"]))
        finally:
            running.stdin.close()


async def take(shot: Shot, config: Configuration) -> None:
    """Open the console, go there, wait until nothing is being read, write the picture."""
    i18n.use(shot.language)
    console = replace(config.console, theme=shot.theme)
    app = NocApp(Session.of(replace(config, console=console)))
    async with app.run_test(size=shot.size, notifications=True) as pilot:
        while app.session.sight.daemon is not Daemon.LIVE:
            await pilot.pause(0.1)
        await app.switch_mode(shot.mode)
        await pilot.pause(SETTLE_SECONDS)
        if shot.go is not None:
            shot.go(app)
            await pilot.pause(SETTLE_SECONDS)
        picture = _FONTS.sub("", app.export_screenshot())
        (FOLDER / f"{shot.name}.svg").write_text(picture, encoding="utf-8")
    print(shot.name)


async def take_all(wanted: list[Shot], config: Configuration) -> None:
    """One after the other, once the demo has been running for a while."""
    await asyncio.sleep(WARM_UP_SECONDS)
    for shot in wanted:
        await take(shot, config)


def main(names: list[str]) -> int:
    """The exit code."""
    every = "--all" in names
    starts = [name for name in names if name != "--all"]
    known = every_shot() if every else shots()
    wanted = [
        s
        for s in known
        if not starts or any(s.name.rpartition("/")[2].startswith(n) for n in starts)
    ]
    (FOLDER / "all" if every else FOLDER).mkdir(parents=True, exist_ok=True)
    for options in (NIGHT, OUTAGES, MONTHS):
        mine = [shot for shot in wanted if shot.demo == options]
        with TemporaryDirectory(prefix="noc-shots-") as folder:
            if mine:
                with demo(Path(folder), options) as config:
                    asyncio.run(take_all(mine, config))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
