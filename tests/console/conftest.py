"""The console on a small estate, a `nocd` that answers, and frames that are compared."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from textual.app import App
from textual.pilot import Pilot

from noc_tui.config.values import Configuration, Database, Demo, Socket
from noc_tui.console.app import NocApp
from noc_tui.console.data_freshness import Daemon
from noc_tui.console.screens.overview.screen import Overview
from noc_tui.console.session import Session
from tests.console import estate
from tests.support.answers import answer_to
from tests.support.waiting import patience
from widgets.live_table import LiveTable
from widgets.terminal.colours import Colours

LOOK_SECONDS = 0.02
FRAMES = Path(__file__).with_name("frames")


@pytest.fixture
def same_frame() -> Callable[[NocApp, str], None]:
    """Compare what is on the screen with a frame that somebody looked at.

    `UPDATE_FRAMES=1` writes the frames anew: look at them, then commit them.
    """

    def check(app: NocApp, name: str) -> None:
        file = FRAMES / f"{name}.svg"
        drawn = app.export_screenshot()
        if os.environ.get("UPDATE_FRAMES"):
            file.write_text(drawn, encoding="utf-8")
        seen = FRAMES / f"{name}.seen.svg"
        if file.read_text(encoding="utf-8") != drawn:
            seen.write_text(drawn, encoding="utf-8")
            pytest.fail(f"{name} looks different now: compare {seen} with {file}")

    return check


async def until(pilot: Pilot[int], condition: Callable[[], object]) -> None:
    """Wait for what must come."""
    try:
        async with patience():
            while True:
                await pilot.pause(LOOK_SECONDS)
                if condition():
                    await pilot.pause()
                    return
    except TimeoutError:
        raise AssertionError(f"it did not come:\n{shown(pilot.app)}") from None


async def shows(pilot: Pilot[int], text: str) -> str:
    """What is on the screen, as soon as it holds a text."""
    await until(pilot, lambda: text in shown(pilot.app))
    return shown(pilot.app)


def overview_is_whole(app: App[int]) -> bool:
    """Whether the overview shows all of its panes, and what was read for them."""
    screen = app.screen
    figures = screen._figures if isinstance(screen, Overview) else None
    return figures is not None and figures.more is not None and "vzdump" in shown(app)


async def cursor_to(pilot: Pilot[int], table: LiveTable[Any], key: str) -> None:
    """Bring the cursor of a table to a row, by its keys."""
    table.focus()
    await pilot.press("home", *["down"] * table.shown_keys.index(key))


def lines(app: App[int]) -> list[str]:
    """What is on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def shown(app: App[int]) -> str:
    """What is on the screen, as one text."""
    return "\n".join(lines(app))


def app_on(database: Path, socket: Path, play: str | None = None) -> NocApp:
    """The console of the account that runs the tests, on a database that is there."""
    config = Configuration(
        database=Database(path=database), socket=Socket(path=socket), demo=Demo(account=os.getuid())
    )
    return NocApp(Session.of(config, play))


class Answering:
    """A `nocd` that takes orders, answers details, and streams what it is told to."""

    def __init__(self) -> None:
        self.orders: list[tuple[str, bytes]] = []
        self.present: list[str] = []
        self.refuses = False
        self.tasks: list[dict[str, object]] = [
            {
                "upid": "UPID:pve1:0001:0001:69AFE5A0:qmstart:101:root@pam:",
                "node": "pve1",
                "type": "qmstart",
                "user": "root@pam",
                "starttime": 1773100000,
                "id": "101",
                "tokenid": None,
                "endtime": 1773100001,
                "status": "start failed: [bold]x[/]",
                "outcome": "error",
            }
        ]
        self.settings: dict[str, object] = {"cores": 4, "name": "acme-web-1"}
        self.task_reads = 0
        self._told: set[asyncio.Queue[bytes]] = set()

    def tell(self, revision: int) -> None:
        """Say on every stream that there is something new."""
        self._say(b"data: %d\n\n" % revision)

    def tell_unwritable(self, kind: str) -> None:
        """Say on every stream why the database cannot be written."""
        self._say(f"database: {kind}\n\n".encode())

    def _say(self, line: bytes) -> None:
        for queue in self._told:
            queue.put_nowait(line)

    async def events(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        await stream.write(b":\n\n")
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._told.add(queue)
        while True:
            await stream.write(await queue.get())

    async def presence(self, request: web.Request) -> web.StreamResponse:
        self.present.append((await request.json())["subject"])
        return web.json_response({})

    async def order(self, request: web.Request) -> web.StreamResponse:
        self.orders.append((request.path, await request.read()))
        if self.refuses:
            return web.json_response({"error": "vera is viewer", "code": 4}, status=403)
        status, content = answer_to(request.method, request.path)
        return web.Response(body=content, status=status, content_type="application/json")

    async def detail(self, request: web.Request) -> web.StreamResponse:
        answers: dict[str, object] = {
            "config": {"values": self.settings, "pending": {"memory": 16384}},
            "tasks": self.tasks,
            "load": [{"time": 1, "cpu": 0.5, "mem": 10.0}, {"time": 2}, {"time": 3, "cpu": 1.0}],
        }
        answers["facts"] = {
            "agent": "answers",
            "file_systems": [{"mount": "/", "kind": "ext4", "used": 3 << 30, "total": 32 << 30}],
            "interfaces": [
                {"name": "ens18", "mac": "bc:24:11:2e:c5:4a", "addresses": ["203.0.113.7/24"]}
            ],
        }
        answers["snapshots"] = [
            {
                "name": "before-update",
                "description": "[bold]x[/]",
                "taken_at": 1773100000,
                "memory": False,
                "parent": None,
            }
        ]
        part = request.match_info["part"]
        self.task_reads += part == "tasks"
        return web.json_response(answers[part])


@asynccontextmanager
async def answering(socket: Path) -> AsyncIterator[Answering]:
    """A `nocd` on that socket."""
    nocd = Answering()
    app = web.Application()
    app.router.add_get("/v1/events", nocd.events)
    app.router.add_get("/v1/guests/{cluster}/{vmid}/{part}", nocd.detail)
    app.router.add_post("/v1/presence", nocd.presence)
    app.router.add_post("/v1/{rest:.*}", nocd.order)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    try:
        await web.UnixSite(runner, str(socket)).start()
        yield nocd
    finally:
        await runner.cleanup()


@asynccontextmanager
async def console(
    folder: Path,
    *,
    size: tuple[int, int] = (80, 24),
    play: str | None = None,
    nocd: bool = True,
    colours: Colours = "all",
    **settings: object,
) -> AsyncIterator[tuple[NocApp, Pilot[int], Answering | None]]:
    """The console on the estate in `folder`, made when it is not there, drawn and at rest."""
    config = estate.configuration(folder, **settings)
    if not config.database.path.exists():
        await estate.write(config.database.path)
    async with _perhaps(config.socket.path, nocd) as daemon:
        app = NocApp(Session.of(config, play), colours)
        async with app.run_test(size=size, notifications=True) as pilot:
            settled = Daemon.LIVE if nocd else Daemon.DOWN
            await until(pilot, lambda: app.session.sight.daemon is settled)
            yield app, pilot, daemon


@asynccontextmanager
async def _perhaps(socket: Path, wanted: bool) -> AsyncIterator[Answering | None]:
    if not wanted:
        yield None
        return
    async with answering(socket) as nocd:
        yield nocd
