"""`noc-tui incident` as a script uses it: the whole command, a real socket, a real database."""

import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from noc_tui.config.values import Demo, Smtp
from noc_tui.contract.calendar import instant
from noc_tui.daemon.availability.routes import table
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from storage.database import Writer
from storage.incidents import timeline
from storage.outages import EXCLUSIONS, OUTAGES
from storage.outbox import MESSAGES
from tests.support.commands import call_in_thread
from tests.support.played_estate import Estate
from tests.support.served import served

pytestmark = pytest.mark.anyio
CONFIGURATION = """
[database]
path = "{path}"
[socket]
path = "{socket}"
[demo]
account = {uid}
"""


@dataclass(frozen=True, slots=True)
class Program:
    """`noc-tui incident` beside a `nocd` that answers."""

    file: Path

    async def call(self, *words: str, play: str = "omar") -> tuple[int, str]:
        """The exit code, and what it said."""
        command = ["--config", str(self.file), "--as", play, "--lang", "en", "incident", *words]
        return (await call_in_thread("incident", command)).said

    async def done(self, *words: str) -> dict[str, Any]:
        """What it answered, once done."""
        code, said = await self.call(*words)
        assert code == 0, said
        answer: dict[str, Any] = json.loads(said)
        return answer


@pytest.fixture
async def program(context: Context, estate: Estate, tmp_path: Path) -> AsyncIterator[Program]:
    smtp = Smtp(host="127.0.0.1", sender="noc@example.fr", security="none")
    config = msgspec.structs.replace(context.config, demo=Demo(account=os.getuid()), smtp=smtp)
    context = Context(
        config, context.secrets, context.terms, context.clock, context.writer, context.gateways,
        context.estate, context.bus, context.logger,
    )  # fmt: skip
    app = application(lambda: config, Refusals(context.writer, context.clock))
    app.add_routes(table(context))
    file = tmp_path / "noc.toml"
    path, socket = config.database.path, config.socket.path
    file.write_text(CONFIGURATION.format(path=path, socket=socket, uid=os.getuid()))
    async with served(app, socket):
        yield Program(file)


def told(at: int) -> str:
    return instant(at).isoformat()


async def test_what_the_client_measured_is_entered_gathered_and_attributed(
    estate: Estate, writer: Writer, program: Program
) -> None:
    await estate.poll(4)
    await program.done("declare", "Panne signalée", "--ticket", "T-1")
    asked = ["client-evidence", "--tenant", "zeta", "--reason", "their monitoring", "--start"]
    span = [told(estate.at(1)), "--end", told(estate.at(2))]
    assert await program.done(*asked, *span, "--incident", "1") == {"outage": 1}
    assert await program.done(*asked, *span) == {"outage": 2}
    assert [row.incident for row in await OUTAGES.read(writer)] == [1, None]
    await program.done("gather", "1", "--outage", "2")
    assert [row.incident for row in await OUTAGES.read(writer)] == [1, 1]
    for number in ("1", "2"):
        await program.done(
            "attribute", "--outage", number, "--party", "hoster", "--reason", "the switch"
        )
    await program.done("ack", "1")
    await program.done("resolve", "1")
    code, text = await program.call("show", "1")
    assert code == 0
    assert text.startswith("1  resolved  Panne signalée · omar · T-1\n")


async def test_a_note_tells_its_line_so_that_it_can_be_corrected(
    writer: Writer, program: Program
) -> None:
    await program.done("declare", "Lien")
    line = (await program.done("note", "1", "le commutateur"))["line"]
    await program.done("note", "1", "non, le routeur", "--corrects", str(line))
    assert [one.corrects for one in await timeline(writer, 1)] == [None, None, line]


async def test_a_window_is_planned_called_off_and_not_planned_once_it_is_over(
    estate: Estate, writer: Writer, program: Program
) -> None:
    await estate.poll(2)
    plan = ["maintenance", "Switch", "--tenant", "zeta", "--reason", "firmware", "--start"]
    made = await program.done(*plan, told(estate.at(4)), "--end", told(estate.at(6)))
    code, said = await program.call(*plan, told(estate.at(1)), "--end", told(estate.at(2)))
    assert (code, "is over cannot be planned" in said) == (4, True)
    number = str(made["maintenance"])
    await program.done("call-off", "--window", number, "--reason", "rain")
    assert [row.withdrawn_reason for row in await EXCLUSIONS.read(writer)] == ["rain"]
    subjects = {mail.subject for mail in await MESSAGES.read(writer)}
    assert subjects == {
        "Maintenance le 1er mars 2026\xa0: Switch",
        "Maintenance annulée\xa0: Switch",
    }


@pytest.mark.parametrize("edge", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"])
async def test_an_instant_that_nobody_means_is_bad_input_that_names_its_field(
    estate: Estate, writer: Writer, program: Program, edge: str
) -> None:
    await estate.poll(2)
    common = ["--tenant", "zeta", "--reason", "x", "--start", told(estate.at(1))]
    for verb in (
        ["exclude", "--basis", "quota"],
        ["client-evidence"],
        ["maintenance", "Switch"],
    ):
        code, said = await program.call(*verb, *common, "--end", edge)
        assert (code, "end: the year must be from 2000 to 2199" in said) == (2, True), said
    assert not await EXCLUSIONS.read(writer)


async def test_work_that_was_not_announced_reads_as_contestable(
    estate: Estate, program: Program
) -> None:
    await estate.poll(4)
    start, end = told(estate.at(1)), told(estate.at(2))
    evidence = ["client-evidence", "--tenant", "zeta", "--start", start, "--end", end]
    await program.done("declare", "Lien")
    await program.done(*evidence, "--reason", "x", "--incident", "1")
    exclude = ["exclude", "--tenant", "zeta", "--start", start, "--end", end, "--unannounced"]
    await program.done(*exclude, "--basis", "maintenance", "--reason", "leak")
    _, text = await program.call("show", "1")
    assert "maintenance · leak · unannounced, contestable" in text
