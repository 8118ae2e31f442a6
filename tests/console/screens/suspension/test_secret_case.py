"""A secret order, walked by keys by who may know: its case is opened, ordered and restored in the
console, which has no file of it to read. To others the console shows that there is nothing.
"""

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from noc_tui.api.suspension import Edit
from noc_tui.console.app import NocApp
from noc_tui.console.data_freshness import Daemon
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.references import CaseRef
from noc_tui.console.screens.suspension.screen import SuspensionScreen
from noc_tui.console.session import Session
from storage.oncall import PRESENCE
from tests.console.conftest import lines, shown, shows, until
from tests.daemon.authority.sealed_lab import OLGA, SealedLab, made_sealed_lab
from tests.daemon.authority.sealed_socket import asking
from tests.support.tls import make_tls

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]


@asynccontextmanager
async def playing(lab: SealedLab, player: str) -> AsyncIterator[tuple[NocApp, Pilot[int]]]:
    app = NocApp(Session.of(lab.lab.context.config, player))
    async with app.run_test(size=(130, 50), notifications=True) as pilot:
        await until(pilot, lambda: app.session.sight.daemon is Daemon.LIVE)
        yield app, pilot


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[SealedLab]:
    async with made_sealed_lab(tmp_path, make_tls(tmp_path)) as made, asking(made):
        yield made


async def choose(app: NocApp, pilot: Pilot[int], words: str) -> None:
    """Choose the line of the open list that holds these words."""
    await until(pilot, lambda: isinstance(app.screen, ChooseOne) and words in shown(app))
    listed = app.screen.query_one(OptionList)
    lines = [str(option.prompt) for option in listed.options]
    listed.highlighted = next(at for at, line in enumerate(lines) if words in line)
    await pilot.press("enter")


def body(app: NocApp) -> str:
    """What is shown below the header, whose clock goes on."""
    return "\n".join(lines(app)[2:])


async def type_in(app: NocApp, pilot: Pilot[int], text: str) -> None:
    await until(pilot, lambda: isinstance(app.screen, Ask))
    app.screen.query_one(Input).value = text
    await pilot.press("enter")


async def test_who_may_know_walks_it_by_keys(lab: SealedLab, tmp_path: Path) -> None:
    order = await lab.record()
    async with playing(lab, "olga") as (app, pilot):
        await pilot.press("6")
        await until(pilot, lambda: "Orders" in shown(app))
        await pilot.press("o")
        await choose(app, pilot, order.id)
        await choose(app, pilot, "Suspend what it asks for")
        await until(pilot, lambda: isinstance(app.screen, SuspensionScreen))
        text = await shows(pilot, "secret")
        case = (await lab.sealed.orders.load(lab.sealed.orders.context.writer, order.id)).cases[0]
        assert case in text
        # What somebody else answers is drawn without a revision that tells of it.
        facts = {"data_access": "none", "history": "yes", "milder": "Zqmilder1", "remedy": "x"}
        edit = Edit(scope="tenant", means=("vm_stop",), facts=facts)
        await lab.sealed.suspensions.handlers()._edit(lab.call(OLGA, edit, id=case))
        await shows(pilot, "all services")
        await pilot.press("c")
        await shows(pilot, "checked")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, Confirm | Ask))
        if isinstance(app.screen, Confirm):
            await pilot.press("y")
        await type_in(app, pilot, "Acme")
        await lab.until(case, "suspended")
        await shows(pilot, "in force")
        assert {row.subject for row in await PRESENCE.read(lab.lab.context.writer)} <= {""}
        await pilot.press("s")
        assert case in await shows(pilot, "Termination file")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        kept = tmp_path / "file.md"
        await type_in(app, pilot, str(kept))
        await until(pilot, kept.exists)
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        await until(pilot, lambda: isinstance(app.screen, SuspensionScreen))
        await pilot.press("r")
        await choose(app, pilot, "Everything")
        await type_in(app, pilot, "Zqfound1")
        await lab.until(case, "closed")
        await shows(pilot, "closed")


async def test_to_others_there_is_no_such_case(lab: SealedLab) -> None:
    order = await lab.record()
    opened = await lab.open_case(order.id)
    asked = lab.call(OLGA, None, id=opened.id)
    page = await lab.sealed.suspensions.handlers().page(asked)
    assert (page.case.id, bool(page.guests), bool(page.terms)) == (opened.id, True, True)
    assert page.acts[0].kind == "suspension.opened"
    async with playing(lab, "omar") as (app, pilot):
        app.open(CaseRef(opened.id))
        await until(pilot, lambda: isinstance(app.screen, SuspensionScreen))
        await pilot.pause(0.2)
        real = body(app)
        await pilot.press("escape")
        app.open(CaseRef("QQQQQQQQ"))
        await until(pilot, lambda: isinstance(app.screen, SuspensionScreen))
        await pilot.pause(0.2)
        assert real.replace(opened.id, "") == body(app).replace("QQQQQQQQ", "")
        assert "Acme" not in real
