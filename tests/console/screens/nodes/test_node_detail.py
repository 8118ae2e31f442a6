"""A node's page, in both languages: state, HA, storages, zones, and answers with their age."""

import contextlib
import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui import i18n
from noc_tui.console.app import NocApp
from noc_tui.console.references import NodeRef
from storage import intents
from storage.database import Writer
from storage.estate_facts import ESTATE_FACTS, ESTATE_LOOKS, EstateFact, EstateLook
from storage.inventory import NODES, STORAGES, ZONES, Storage, Zone
from tests.console import estate
from tests.console.conftest import console, shown, shows, until
from tests.console.estate import NOW
from tests.support.changes import recorded

pytestmark = pytest.mark.anyio
Frame = Callable[[NocApp, str], None]
NODE = "ren-pve1"


def fact(
    topic: str, name: str, state: str, said: str = "", number: int | None = None
) -> EstateFact:
    return EstateFact(
        cluster="rennes", node=NODE, topic=topic, name=name, state=state, said=said, number=number
    )


def look(topic: str, minutes: int | None, error: str = "", node: str = NODE) -> EstateLook:
    seen = None if minutes is None else NOW - timedelta(minutes=minutes)
    return EstateLook("rennes", node, topic, NOW, seen, error)  # fmt: skip


async def write_node(path: Path) -> None:
    """The first node of the small estate, in maintenance, with a pool that lost a disk."""
    await estate.write(path)
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        async with recorded(writer) as change:
            seen = replace(estate.node("rennes", NODE), ha_state="maintenance")
            await change.put(NODES, [seen])
            await change.put(STORAGES, [
                Storage("rennes", "local-zfs", NODE, "zfspool", "unknown", False, ("images",),
                        (NODE,), None, None),
            ])  # fmt: skip
            await change.put(ZONES, [Zone("rennes", NODE, "zone", "public", "error")])
            await change.put(
                ESTATE_FACTS,
                [
                    fact("lrm", NODE, "maintenance"),
                    fact("ha-service", "vm:101", "migrate", "started"),
                    fact("zfs", "rpool", "DEGRADED", number=41),
                    fact("disk", "/dev/nvme0n1", "PASSED", "[b]SAMSUNG[/]", 97),
                    fact("subscription", "Standard", "active"),
                ],
            )
            await change.put(
                ESTATE_LOOKS,
                [
                    look("ha", 4, node=""),
                    look("zfs", 50),
                    look("disk", 45, "did not answer in time"),
                    look("updates", None, "the token lacks Sys.Modify on /nodes/ren-pve1"),
                    look("subscription", 30),
                ],
            )
    finally:
        await writer.close()


@pytest.mark.parametrize(
    ("size", "language", "name"),
    [
        ((120, 40), "en", "node-120x40"),
        ((80, 24), "en", "node-80x24"),
        ((120, 40), "fr", "node-120x40-fr"),
    ],
)
async def test_the_page_of_a_node(
    tmp_path: Path, same_frame: Frame, size: tuple[int, int], language: i18n.Language, name: str
) -> None:
    i18n.use(language)
    await write_node(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=size) as (app, pilot, _nocd):
        app.open(NodeRef("rennes", NODE))
        await until(pilot, lambda: "rpool DEGRADED" in shown(app))
        same_frame(app, name)


async def test_from_the_overview_to_a_node_and_to_its_guests(tmp_path: Path) -> None:
    await write_node(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 40)) as (app, pilot, _nocd):
        await shows(pilot, NODE)
        app.screen.query_one("#nodes").focus()
        await pilot.press("home", "down", "enter")
        await until(pilot, lambda: "What the node says of itself" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: "What the node says of itself" not in shown(app))


async def test_ssh_is_shown_then_lent_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_rest: ran.append(command))
    await write_node(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 40)) as (app, pilot, _nocd):
        monkeypatch.setattr(app, "suspend", contextlib.nullcontext)
        app.open(NodeRef("rennes", NODE))
        await shows(pilot, "rpool DEGRADED")
        await pilot.press("s")
        await shows(pilot, "no address for SSH is configured")
        assert not ran
        config = app.session.config
        first = replace(config.clusters[0], ssh={NODE: "root@pve1.example.fr"})
        app.session.config = replace(config, clusters=(first, *config.clusters[1:]))
        await pilot.press("s")
        await shows(pilot, "ssh -- root@pve1.example.fr")
        await pilot.press("y")
        await until(pilot, lambda: ran)
    assert ran == [["ssh", "--", "root@pve1.example.fr"]]


async def test_an_evacuation_is_stopped_from_the_page_of_its_node(tmp_path: Path) -> None:
    path = estate.configuration(tmp_path).database.path
    await write_node(path)
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        async with recorded(writer) as change:
            number = await intents.create(
                change,
                kind="node.evacuation",
                subject=f"node:rennes/{NODE}",
                payload={"window": 7},
                uid=1,
                account="omar",
            )
    finally:
        await writer.close()
    async with console(tmp_path, size=(80, 24)) as (app, pilot, nocd):
        assert nocd is not None
        app.open(NodeRef("rennes", NODE))
        await until(pilot, lambda: NODE in shown(app))
        await pilot.press("a")
        await shows(pilot, "Stop its evacuation")
        assert "Move every guest away" not in shown(app)
        await pilot.press("enter")
        await shows(pilot, "Call maintenance window 7 off too")
        await pilot.press(*"wrong node", "tab", "y", "enter")
        await until(pilot, lambda: nocd.orders)
        orders = [(path, json.loads(body)) for path, body in nocd.orders]
    assert orders == [
        (f"/v1/evacuations/{number}/stop", {"reason": "wrong node", "window": "call-off"})
    ]
