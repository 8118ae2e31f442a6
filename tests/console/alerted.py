"""A console on a database with two alerts, a note for the next shift and some evidence."""

from pathlib import Path

from noc_tui.console.app import NocApp
from storage.database import Writer
from storage.evidence import Actor
from storage.oncall import ALERTS, SHIFT_NOTES, Alert, ShiftNote
from tests.console.conftest import app_on
from tests.support.context import START

OMAR = Actor(1001, "omar")


def alert(name: str, severity: str) -> Alert:
    return Alert(
        f"node:{name}", "node", severity, "cluster:rennes", f"node:rennes/{name}", "",
        (f"name={name}[bold]\x1b[2J",), None, "open", START, 1, None, None, "", "",
        None, "", None,
    )  # fmt: skip


async def opened(directory: Path) -> NocApp:
    """The console; `nocd` is down, so it reads only."""
    path = directory / "noc.db"
    writer = await Writer.open(path, clock_now=lambda: START)
    async with writer.change(OMAR) as change:
        await change.put(ALERTS, [alert("pve1", "warning"), alert("pve2", "critical")])
        await change.put(SHIFT_NOTES, [ShiftNote(1, START, "omar", "UPS test at nine", None)])
        await change.record("alert.raised", ["tenant:acme"], {"text": "\x1b[2J[bold]"})
    await writer.close()
    return app_on(path, directory / "nocd.sock")
