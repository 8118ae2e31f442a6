"""The console of a guest from its page: the circumstance first, then the terminal is lent."""

import contextlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from noc_tui.api.guest_console import HANDED
from noc_tui.console.references import GuestRef
from tests.console import estate
from tests.console.conftest import console, shows, until

pytestmark = pytest.mark.anyio


async def test_the_circumstance_is_asked_and_the_terminal_lent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[list[str], dict[str, str]]] = []

    def run(command: list[str], *, env: dict[str, str], check: bool) -> None:
        ran.append((command, env))

    monkeypatch.setattr(subprocess, "run", run)
    await estate.write(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        monkeypatch.setattr(app, "suspend", contextlib.nullcontext)
        app.open(GuestRef("rennes", 101))
        await shows(pilot, "acme-web-1 (rennes/101)")
        await pilot.press("c")
        await shows(pilot, "an incident is being resolved")
        await pilot.press("down", "enter")
        await shows(pilot, "a ticket, an incident, a case")
        await pilot.press(*"I-12", "enter")
        await until(pilot, lambda: ran)
        orders: list[tuple[str, Any]] = [(path, json.loads(body)) for path, body in nocd.orders]
    assert orders == [
        (
            "/v1/guests/rennes/101/console",
            {"circumstance": "incident", "reference": "I-12", "serial": None},
        )
    ]
    ((command, environment),) = ran
    assert command[1:] == ["-m", "noc_tui.commands.guest_console"]
    handed = json.loads(environment[HANDED])
    assert (handed["ticket"]["session"], handed["guest"]) == ("s", "rennes/101")
