"""Alerts and handovers through the daemon's part, over a real database and a real socket."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from msgspec.structs import replace

from noc_tui.clock import SteppedClock, SystemClock
from noc_tui.config.values import Demo
from noc_tui.daemon.alerts import service as part
from noc_tui.daemon.alerts.service import AlertService
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.presence import Attendance
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.daemon.evidence import record_watch
from storage import evidence, inventory, oncall
from storage.evidence import Query
from storage.heads import Head
from storage.verdict import Report, Verdict
from storage.verify import verify
from tests.support.context import START, made_context
from tests.support.served import served
from tests.support.waiting import asleep, patience

pytestmark = pytest.mark.anyio


class Operators:
    """Requests on the socket, each as a member of the demo's cast."""

    def __init__(self, context: Context, part: AlertService, session: ClientSession) -> None:
        self.context = context
        self.part = part
        self._session = session

    async def post(self, name: str, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        """The status and the answer."""
        async with self._session.post(
            f"http://nocd{path}", json=body, headers={"X-Noc-As": name}
        ) as response:
            return response.status, await response.json()

    async def nodes(self, *statuses: str) -> None:
        """Polls that see the node so, one after another."""
        for number, status in enumerate(statuses):
            at = self.context.clock.now() + timedelta(microseconds=number + self._polls)
            node = inventory.Node(
                "rennes", "pve1", status, None, None, None, None, None, None, None, None
            )
            seen = inventory.Source("rennes", "fast", at, at, None, None, due_seconds=45)
            async with self.context.writer.change(itself()) as change:
                await change.put(inventory.NODES, [node])
                await change.put(inventory.SOURCES, [seen])
            await self.part.watch.look()
        self._polls += len(statuses)

    _polls = 0

    async def alerts(self) -> Sequence[oncall.Alert]:
        return await oncall.open_alerts(self.context.writer)


@asynccontextmanager
async def at_work(directory: Path) -> AsyncIterator[Operators]:
    async with made_context(directory) as made:
        context = Context(
            replace(made.config, demo=Demo(account=os.getuid())), made.secrets, made.terms,
            made.clock, made.writer, made.gateways, made.estate, made.bus, made.logger,
        )  # fmt: skip
        built = part.build(context)
        app = application(lambda: context.config, Refusals(context.writer, context.clock))
        app.add_routes(built.routes())
        async with served(app, context.config.socket.path) as session:
            yield Operators(context, built, session)


async def test_an_alert_is_acknowledged_once_by_whoever_is_first(tmp_path: Path) -> None:
    async with at_work(tmp_path) as noc:
        await noc.nodes("offline", "offline")
        (alert,) = [one for one in await noc.alerts() if one.rule == "node"]
        asked = [
            noc.post(name, "/v1/alerts/acknowledge", fingerprint=alert.fingerprint, note=name)
            for name in ("omar", "olga", "lea")
        ]
        answers = await asyncio.gather(*asked)
        assert sorted(status for status, _ in answers) == [200, 409, 409]
        (after,) = [one for one in await noc.alerts() if one.rule == "node"]
        notes = await oncall.notes_of(noc.context.writer, [alert.fingerprint])
        written = [(note.fingerprint, note.account) for note in notes]
        assert written == [(alert.fingerprint, after.acknowledged_by)]
        status, said = await noc.post(
            "vera", "/v1/alerts/acknowledge", fingerprint=alert.fingerprint
        )
        assert (status, said["code"]) == (403, 4)
        found = await evidence.search(noc.context.writer, Query(kind="alert."))
        assert [entry.kind for entry in found if "node:rennes/pve1" in entry.subjects] == [
            "alert.acknowledged",
            "alert.raised",
        ]
        assert found[0].account == after.acknowledged_by
    assert verify(noc.context.config.database.path).verdict is Verdict.INTACT


async def test_snooze_assign_note_and_incident(tmp_path: Path) -> None:
    async with at_work(tmp_path) as noc:
        await noc.nodes("offline", "offline")
        print_ = "node:node:rennes/pve1"
        later = (START + timedelta(hours=2)).isoformat()
        assert (await noc.post("omar", "/v1/alerts/snooze", fingerprint=print_, until=later))[
            0
        ] == 200
        far = (START + timedelta(days=30)).isoformat()
        assert (await noc.post("omar", "/v1/alerts/snooze", fingerprint=print_, until=far))[
            0
        ] == 400
        await noc.post("omar", "/v1/alerts/assign", fingerprint=print_, account="olga")
        await noc.post("olga", "/v1/alerts/note", fingerprint=print_, text="power supply")
        status, _ = await noc.post("olga", "/v1/alerts/incident", fingerprint=print_)
        assert status == 200
        assert (await noc.post("omar", "/v1/alerts/incident", fingerprint=print_))[0] == 409
        (alert,) = [one for one in await noc.alerts() if one.rule == "node"]
        assert (alert.assignee, alert.incident) == ("olga", 1)
        assert alert.snoozed_until == START + timedelta(hours=2)
        await noc.nodes("online", "online")
        assert [one for one in await noc.alerts() if one.rule == "node"] == []


async def test_an_alert_whose_snooze_ends_is_back_with_nobody(tmp_path: Path) -> None:
    async with at_work(tmp_path) as noc:
        await noc.nodes("offline", "offline")
        print_ = "node:node:rennes/pve1"
        later = (START + timedelta(hours=2)).isoformat()
        await noc.post("omar", "/v1/alerts/acknowledge", fingerprint=print_, note="mine")
        await noc.post("omar", "/v1/alerts/snooze", fingerprint=print_, until=later)
        assert isinstance(noc.context.clock, SteppedClock)
        await noc.context.clock.advance(7201)
        await noc.nodes("offline")
        (alert,) = [one for one in await noc.alerts() if one.rule == "node"]
        assert (alert.acknowledged_by, alert.woken_at) == ("", noc.context.clock.now())
        found = await evidence.search(noc.context.writer, Query(kind="alert.returned"))
        assert [entry.account for entry in found] == ["nocd"]
        assert (await noc.post("olga", "/v1/alerts/acknowledge", fingerprint=print_))[0] == 200


async def test_what_is_not_accepted_stays_with_the_outgoing_operator(tmp_path: Path) -> None:
    async with at_work(tmp_path) as noc:
        await noc.nodes("offline", "offline")
        await noc.post("omar", "/v1/handover/note", text="UPS test at nine")
        assert (await noc.post("olga", "/v1/handover/accept", items=[1]))[0] == 409
        status, opened = await noc.post("omar", "/v1/handover/open")
        assert status == 200
        items = await oncall.items_of(noc.context.writer, opened["handover"])
        open_now = {f"alert:{alert.fingerprint}" for alert in await noc.alerts()}
        assert {item.subject for item in items} == {*open_now, "note:1"}
        assert {item.holder for item in items} == {"omar"}
        assert (await noc.post("omar", "/v1/handover/accept", items=[1]))[0] == 409
        (node,) = [item.position for item in items if item.subject.startswith("alert:node")]
        assert (await noc.post("olga", "/v1/handover/accept", items=[node]))[0] == 200
        assert (await noc.post("lea", "/v1/handover/accept", items=[node]))[0] == 409
        status, signed = await noc.post("olga", "/v1/handover/sign")
        assert signed["left"] == [item.position for item in items if item.position != node]
        after = await oncall.items_of(noc.context.writer, opened["handover"])
        holders = {item.position: item.holder for item in after}
        assert holders.pop(node) == "olga"
        assert set(holders.values()) == {"omar"}
        assert (await noc.post("olga", "/v1/handover/sign"))[0] == 409
        status, again = await noc.post("olga", "/v1/handover/open")
        held = {
            item.subject: item.holder
            for item in await oncall.items_of(noc.context.writer, again["handover"])
        }
        assert held["note:1"] == "omar"
        assert held["alert:node:node:rennes/pve1"] == "olga"


async def test_what_is_accepted_is_what_was_read(tmp_path: Path) -> None:
    async with at_work(tmp_path) as noc:
        await noc.nodes("offline", "offline")
        await noc.post("omar", "/v1/handover/open")
        read = await oncall.last_handover(noc.context.writer)
        await noc.post("omar", "/v1/handover/note", text="UPS test at nine")
        await noc.post("omar", "/v1/handover/open")
        anew = await oncall.last_handover(noc.context.writer)
        assert read is not None
        assert anew is not None
        for verb, body in (("accept", {"items": [1]}), ("sign", {})):
            path = f"/v1/handover/{verb}"
            status, said = await noc.post("olga", path, entry=read.evidence, **body)
            assert (status, said["code"]) == (409, 4)
            assert "read it again" in said["error"]
            assert (await noc.post("olga", path, entry=anew.evidence, **body))[0] == 200


async def test_who_is_nobody_here_is_given_nothing(tmp_path: Path) -> None:
    """A receiver bound to the real account would be told one level later than meant."""
    async with at_work(tmp_path) as noc:
        await noc.nodes("offline", "offline")
        hours = [(START + timedelta(hours=n)).isoformat() for n in range(2)]
        shift = {"start": hours[0], "end": hours[1], "account": "zzz"}
        for status, told in (
            await noc.post(
                "omar", "/v1/alerts/assign", fingerprint="node:node:rennes/pve1", account="zzz"
            ),
            await noc.post("lea", "/v1/shifts", **shift),
        ):
            assert status == 400
            assert "zzz is no account with a role here; there are: " in told["error"]
            assert "omar" in told["error"]


async def test_a_swap_cuts_the_shift_it_takes_from(tmp_path: Path) -> None:
    async with at_work(tmp_path) as noc:
        hours = [(START + timedelta(hours=n)).isoformat() for n in range(5)]
        await noc.post("lea", "/v1/shifts", start=hours[0], end=hours[4], account="omar")
        status, _ = await noc.post(
            "lea", "/v1/shifts", start=hours[1], end=hours[2], account="olga"
        )
        assert status == 200
        shifts = await oncall.shifts_from(noc.context.writer, START)
        assert [(shift.account, shift.start.hour, shift.end.hour) for shift in shifts] == [
            ("omar", 9, 10),
            ("olga", 10, 11),
            ("omar", 11, 13),
        ]
        assert (await noc.post("omar", "/v1/shifts", start=hours[0], end=hours[1], account="omar"))[
            0
        ] == 403


class Seconds(SystemClock):
    """The machine's time, as a test moves it."""

    at = 0.0

    def monotonic(self) -> float:
        return self.at


async def test_the_chain_is_walked_beside_the_looking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chain of years takes long to walk: alerts do not wait for it."""
    walked = threading.Event()

    def slow(path: Path, _heads: Sequence[Head], **_options: object) -> Report:
        walked.wait()
        return verify(path, [Head(9, "00" * 32, "stranger", "2026-01-01T00:00:00Z", "")])

    monkeypatch.setattr(record_watch, "check_record", slow)
    async with at_work(tmp_path) as noc:
        walking = asyncio.create_task(noc.part.watch.collector.record.run())
        try:
            noc.part.watch.collector.record.polled()
            async with patience():
                await noc.nodes("offline", "offline")
            assert [one.rule for one in await noc.alerts() if one.rule == "node"]
            walked.set()
            assert isinstance(noc.context.clock, SteppedClock)
            await asleep(noc.context.clock)
            await noc.nodes("offline", "offline")
            assert [one.rule for one in await noc.alerts() if one.rule == "chain"]
        finally:
            walked.set()
            walking.cancel()
            await asyncio.gather(walking, return_exceptions=True)


@pytest.mark.parametrize("end", ["9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59Z"])
async def test_a_shift_without_end_is_refused(tmp_path: Path, end: str) -> None:
    """Beyond the calendar nobody could read the rota any more."""
    async with at_work(tmp_path) as noc:
        status, said = await noc.post(
            "lea", "/v1/shifts", start=START.isoformat(), end=end, account="omar"
        )
        assert (status, said["code"]) == (400, 2)
        assert await oncall.shifts_from(noc.context.writer, START) == []


async def test_presence_is_told_when_it_changes_and_goes_with_the_console(tmp_path: Path) -> None:
    async with at_work(tmp_path) as noc:
        noc.part.attendance.pace = pace = Seconds()

        async def present() -> list[tuple[str, str]]:
            rows = await oncall.PRESENCE.read(noc.context.writer)
            return [(row.account, row.subject) for row in rows]

        await noc.post("vera", "/v1/presence", console="1", subject="tenant:acme")
        await noc.post("omar", "/v1/presence", console="2")
        assert await present() == [("omar", ""), ("vera", "tenant:acme")]
        told = noc.context.bus.revision
        pace.at = 40.0
        await noc.post("omar", "/v1/presence", console="2")
        assert noc.context.bus.revision == told
        pace.at = 60.0
        await noc.part.attendance.forget()
        assert await present() == [("omar", "")]
        assert noc.context.bus.revision > told
        await Attendance(noc.context).forget()
        assert await present() == []


async def test_one_note_acknowledges_several_and_leaves_what_is_gone(tmp_path: Path) -> None:
    async with at_work(tmp_path) as noc:
        await noc.nodes("offline", "offline")
        (alert,) = [one for one in await noc.alerts() if one.rule == "node"]
        asked = {"fingerprints": [alert.fingerprint, "node:node:gone/pve9"], "note": "power cut"}
        status, said = await noc.post("omar", "/v1/alerts/acknowledge-all", **asked)
        assert (status, said["left"]) == (200, ["node:node:gone/pve9"])
        assert [one["acknowledged_by"] for one in said["alerts"]] == ["omar"]
        (note,) = await oncall.notes_of(noc.context.writer, [alert.fingerprint])
        assert (note.account, note.text) == ("omar", "power cut")
        status, said = await noc.post("lea", "/v1/alerts/acknowledge-all", **asked)
        assert status == 409
        assert len(await oncall.notes_of(noc.context.writer, [alert.fingerprint])) == 1


async def test_nothing_is_done_to_an_alert_that_was_cleared_and_it_is_said(tmp_path: Path) -> None:
    async with at_work(tmp_path) as noc:
        await noc.nodes("offline", "offline")
        (alert,) = [one for one in await noc.alerts() if one.rule == "node"]
        await noc.nodes("online", "online", "online")
        status, said = await noc.post("omar", "/v1/alerts/incident", fingerprint=alert.fingerprint)
        assert status == 404
        assert "cleared at" in said["error"]
