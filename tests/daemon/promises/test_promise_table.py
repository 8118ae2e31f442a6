"""The table of docs/promises.md, made by breaking each promise: alert, time, the sheet's words.

`UPDATE_DOCS=1` writes it anew. Nothing in it is typed by hand but what is broken.
"""

import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from noc_tui import i18n
from noc_tui.labels.promises import list_sections
from noc_tui.simulator.backups import key_of
from storage.cloud_edges import CLOUD_EDGES, CloudEdge
from tests.daemon.promises.test_broken_promises import CONFIG, HOUR, client_guest, tenant_of
from tests.daemon.promises.watched_estate import WatchedEstate, watched_estate
from tests.support.changes import recorded

pytestmark = [pytest.mark.anyio, pytest.mark.long]
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "promises.md"
HEAD = (
    "| broken | alert | severity | noticed after | the month’s sheet says |\n"
    "|---|---|---|---|---|\n"
)


@dataclass(frozen=True)
class Seen:
    """What came of it: the alert (empty where none may come), its severity, after how long, and
    the lines of the sheet, by their labels.
    """

    alert: str
    severity: str
    minutes: float
    sheet: str


async def watch(
    noc: WatchedEstate, alert: str, subject: str, tenant: str, *labels: str, within: float = 60,
    step: float = 300.0,
) -> Seen:  # fmt: skip
    """Let time pass until the alert is there; then read the sheet."""
    minutes = await noc.minutes_until(alert, subject, within, step)
    raised = await noc.raised(alert, subject)
    assert raised is not None
    return Seen(alert, raised.severity, minutes, await lines(noc, tenant, *labels))


async def lines(noc: WatchedEstate, tenant: str, *labels: str) -> str:
    sheet = await noc.sheet(tenant)
    found = [
        f"{label}: {value}"
        for section in list_sections(sheet)
        for label, value in section.lines
        if label.startswith(labels)
    ]
    assert found, labels
    return "; ".join(found).replace("|", "\\|")


async def memory(noc: WatchedEstate) -> Seen:
    return await _burden(noc, "memory=0.99")


async def cpu(noc: WatchedEstate) -> Seen:
    return await _burden(noc, "cpu=1.0")


async def disk(noc: WatchedEstate) -> Seen:
    return await _burden(noc, "disk=0.96")


async def _burden(noc: WatchedEstate, value: str) -> Seen:
    guest = client_guest(noc)
    noc.obey("burden", guest.vmid, value)
    subject = f"guest:rennes/{guest.vmid}"
    return await watch(noc, "guest-resources", subject, tenant_of(noc, guest), "At its limit")


async def silent_agent(noc: WatchedEstate) -> Seen:
    guest = client_guest(noc)
    noc.obey("silence-agent", guest.vmid)
    noc.obey("burden", guest.vmid, "disk=0.96")
    await noc.pass_time(HOUR)
    assert await noc.raised("guest-resources", f"guest:rennes/{guest.vmid}") is None
    return Seen("", "", 0, await lines(noc, tenant_of(noc, guest), "Not known, of"))


async def night_left_out(noc: WatchedEstate) -> Seen:
    guest = client_guest(noc)
    tenant = tenant_of(noc, guest)
    server = noc.simulator.world.backups_of("rennes")
    server.snapshots[key_of(guest)].pop()
    server.changes += 1
    return await watch(
        noc, "backup-nights", f"tenant:{tenant}", tenant, "Copies kept", "No copy",
        within=4 * 60, step=HOUR / 4,
    )  # fmt: skip


async def unverified(noc: WatchedEstate) -> Seen:
    tenant = tenant_of(noc, client_guest(noc))
    server = noc.simulator.world.backups_of("rennes")
    for kept in server.snapshots.values():
        for one in kept[-2:]:
            one.verified = one.verify_upid = ""
    server.changes += 1
    label = "No recent verification"
    seen = await watch(noc, "backup-unverified", f"tenant:{tenant}", tenant, label)
    await noc.pass_time(4 * HOUR, HOUR / 4)  # the sheet says it once the night was checked
    return replace(seen, sheet=f"after the night’s check: {await lines(noc, tenant, label)}")


async def restore_test(noc: WatchedEstate) -> Seen:
    tenant = noc.simulator.tenants[0].slug
    due = (await noc.sheet(tenant)).backups.next_test
    assert due is not None
    noc.move_clock((due - noc.clock.now()).total_seconds())
    await noc.alerts.look()
    return await watch(
        noc, "restore-test", f"tenant:{tenant}", tenant, "Next restore test", step=60.0
    )


async def licence(noc: WatchedEstate) -> Seen:
    guest = client_guest(noc)
    tenant = tenant_of(noc, guest)
    noc.obey("set-option", guest.vmid, "ostype=win11")
    await noc.pass_time(0)
    return await watch(
        noc, "licences", f"tenant:{tenant}", tenant, "Need one", "Without one on record"
    )


async def vpn(noc: WatchedEstate) -> Seen:
    return await _edge(noc, "vpn")


async def firewall(noc: WatchedEstate) -> Seen:
    return await _edge(noc, "firewall")


async def _edge(noc: WatchedEstate, kind: str) -> Seen:
    tenant = noc.simulator.tenants[0].slug
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        target = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        async with recorded(noc.context.writer) as change:
            edge = CloudEdge(tenant, kind, target, "lea", noc.clock.now(), None)
            await change.put(CLOUD_EDGES, [edge])
        await noc.pass_time(600)
        assert await noc.raised("edge", f"{kind}:{tenant}/{target}") is None
    seen = await watch(noc, "edge", f"{kind}:{tenant}/{target}", tenant, "VPN", "firewall")
    return replace(seen, sheet=seen.sheet.replace(target, "tcp://…"))


BROKEN: tuple[tuple[str, Callable[[WatchedEstate], Awaitable[Seen]]], ...] = (
    ("a guest’s memory goes to 99 %", memory),
    ("a guest’s CPU goes to 100 %", cpu),
    ("a guest’s disk fills to 96 %", disk),
    ("a full disk whose agent falls silent", silent_agent),
    ("last night’s run left a guest out (seen at 9:00)", night_left_out),
    ("no copy of the last two nights is verified (two days are allowed)", unverified),
    ("no restore test by its day", restore_test),
    ("a guest runs Windows, no licence on record", licence),
    ("the cloud’s end of a VPN falls silent", vpn),
    ("the firewall in front falls silent", firewall),
)


def noticed_after(seen: Seen) -> str:
    if not seen.alert:
        return "never: it is not known"
    if seen.minutes >= 120:
        return f"{seen.minutes / 60:.0f} h"
    return f"{seen.minutes:.0f} min" if seen.minutes else "at once"


@pytest.mark.timeout(900)
async def test_the_table_in_the_document_is_what_happens(tmp_path: Path) -> None:
    rows = []
    with i18n.speak_language("en"):
        for number, (what, breaks) in enumerate(BROKEN):
            folder = tmp_path / str(number)
            (folder / "estate").mkdir(parents=True)
            async with watched_estate(folder, CONFIG) as noc:
                seen = await breaks(noc)
            alert = f"`{seen.alert}`" if seen.alert else "none"
            severity = seen.severity or "—"
            rows.append(f"| {what} | {alert} | {severity} | {noticed_after(seen)} | {seen.sheet} |")
    table = HEAD + "\n".join(rows).replace("\N{NO-BREAK SPACE}", " ") + "\n"
    text = DOCUMENT.read_text(encoding="utf-8")
    begin = text.index(HEAD.splitlines()[0])
    end = text.index("\n\n", begin) + 1
    if os.environ.get("UPDATE_DOCS"):
        DOCUMENT.write_text(text[:begin] + table + text[end:], encoding="utf-8")
        return
    assert text[begin:end] == table
