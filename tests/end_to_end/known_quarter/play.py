"""The quarter of `script.py`, played on `nocd`'s own parts: its polls, ledger and routes.

Only the cluster's answers and the clock are ours. Each act is asked for over the socket, by the
person who the script says, and must be answered as the script says.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from noc_tui.contract.calendar import Month, instant
from noc_tui.daemon.availability.month_figures import refresh_kept_figures
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.observations import Observation, Round
from noc_tui.queries.month_end import read_month_end
from noc_tui.queries.record_check import INTACT_RECORD
from storage.database import Writer
from storage.outages import OUTAGES, Outage
from storage.register import Register, replace_register
from storage.suspension import SUSPENSIONS, Suspension
from storage.times import micros
from tests.daemon.availability.test_credit_decisions import Socket
from tests.end_to_end.known_quarter import script
from tests.end_to_end.known_quarter.script import ACTS, Act, at
from tests.support.changes import recorded
from tests.support.played_estate import STEP, Estate, guest, node

MINUTE, HALF = timedelta(minutes=1), timedelta(seconds=30)
TOLERANCE = int((script.LOOKS_EVERY + timedelta(hours=2)).total_seconds() * 1_000_000)
PORT = "probe:b/www"
NUMBER = re.compile(r"(outage|incident):(\w) ([0-9/]+ [0-9:]+)")
MOMENT = re.compile(r"\d{1,2}/\d{1,2} \d{1,2}:[0-9:.]+\*?")


def looks() -> list[datetime]:
    """Every instant at which all is looked at, in order."""
    found = set()
    due, last = at(script.BEGINS), at(script.ENDS)
    while due <= last:
        found.add(due)
        due += script.LOOKS_EVERY
    changes = [one for span in script.SPANS for one in (span.start, span.end)]
    changes += [one for pair in script.SILENT for one in pair]
    changes += [one for _, *pair in script.LOST_NODES for one in pair]
    changes += [when for _, when, _ in (*script.MOVED, *script.REPOOLED)]
    changes += [script.ONE_LOST_PROBE]
    for when in map(at, changes):
        found |= {when - MINUTE, when, when + HALF}
    return sorted(found)


def between(when: datetime, start: str, end: str) -> bool:
    return at(start) <= when < at(end)


@dataclass
class Play:
    """The estate, and what the acts kept under a name."""

    estate: Estate
    socket: Socket
    register: Register
    kept: dict[str, int] = field(default_factory=dict)

    @property
    def writer(self) -> Writer:
        return self.estate.context.writer

    async def until(self, act: str) -> None:
        """Everything from where it stands to that act, which is the reader's."""
        while self._acts:
            one = self._acts.pop(0)
            await self._look_until(at(one.when))
            self.estate.clock.at = at(one.when)
            if one.path == act:
                return
            await self._do(one)
        await self._look_until(at(script.ENDS))

    def __post_init__(self) -> None:
        self._acts = list(ACTS)
        self._looks = looks()

    async def _look_until(self, when: datetime) -> None:
        while self._looks and self._looks[0] <= when:
            await self._look(self._looks.pop(0))

    async def _look(self, when: datetime) -> None:
        """A poll of the cluster and a probe of B's port at one instant."""
        lost = {name for name, *pair in script.LOST_NODES if between(when, *pair)}
        self.estate.nodes = {
            name: node(name, "offline" if name in lost else "online") for name in script.NODES
        }
        self.estate.guests = {}
        for vmid in script.GUESTS:
            self.estate.put(guest(vmid, *self._where(vmid, when), self._status(vmid, when, lost)))
        self.estate.clock.at = when - timedelta(seconds=STEP)
        await self.estate.poll()
        answers = not any(between(when, *pair) for pair in script.SILENT)
        answers = answers and when != at(script.ONE_LOST_PROBE)
        seen = [Observation(PORT, answers, "")]
        told = Round(PORT, micros(when), seen, {PORT: ("b", "")})
        await self.estate.watch.probed(told, TOLERANCE)

    def _where(self, vmid: int, when: datetime) -> tuple[str, str]:
        """The pool and node of a guest at that instant."""
        pool, its_node = script.GUESTS[vmid]
        for moved, since, to in script.MOVED:
            its_node = to if moved == vmid and at(since) <= when else its_node
        for moved, since, to in script.REPOOLED:
            pool = to if moved == vmid and at(since) <= when else pool
        return pool, its_node

    def _status(self, vmid: int, when: datetime, lost: set[str]) -> str:
        if self._where(vmid, when)[1] in lost:
            return "unknown"
        for span in script.SPANS:
            # At its first instant what becomes unknown is still known.
            known = span.status == "unknown" and when == at(span.start)
            if vmid in span.guests and between(when, span.start, span.end) and not known:
                return span.status
        return "running"

    # what people do

    async def _do(self, act: Act) -> None:
        if act.who:
            await self._ask(act)
        elif act.path == "case":
            await self._suspend()
        elif act.path == "quota of f":
            async with self.writer.change(itself()) as change:
                about = {"rule": "quota"}
                self.kept[act.keep] = await change.record("alert.raised", ["tenant:f"], about)
        else:
            await self._confirm_data()

    async def _ask(self, act: Act) -> None:
        path = await self._filled(act.path)
        body = {name: await self._filled(value) for name, value in act.body.items()}
        if path.endswith(f"/{script.CLOSE}"):
            body |= await self._left_open(path)
        status, answer = await self.socket.ask(act.who, path, **body)
        assert status == act.status, (act, answer)
        assert act.says in json.dumps(answer), (act, answer)
        if act.keep:
            self.kept[act.keep] = _number(answer)

    async def _filled(self, value: Any) -> Any:
        """With numbers and RFC 3339 in place of the script's names and times."""
        if isinstance(value, list):
            return [await self._filled(one) for one in value]
        if not isinstance(value, str):
            return value
        if (found := NUMBER.search(value)) is not None:
            kind, tenant, when = found.groups()
            row = await self.outage(tenant, when)
            number = row.id if kind == "outage" else row.incident
            return value.replace(found[0], str(number))
        for name, number in self.kept.items():
            if re.search(f"got:{name}(/|$)", value):
                return value.replace(f"got:{name}", str(number))
        if MOMENT.fullmatch(value):
            return at(value).isoformat().replace("+00:00", "Z")
        return value

    async def outage(self, tenant: str, when: str) -> Outage:
        rows = [row for row in await OUTAGES.read(self.writer) if row.tenant == tenant]
        (found,) = [row for row in rows if row.start == micros(at(when))]
        return found

    async def _left_open(self, path: str) -> dict[str, Any]:
        """All that a month may be closed with."""
        month = Month.parse(path.split("/")[1])
        async with self.writer.snapshot() as db:
            now = micros(self.estate.clock.now())
            terms = self.estate.context.terms
            stands = await read_month_end(db, month, now, terms, INTACT_RECORD)
        assert stands.blocking == (), [(one.kind, one.subject) for one in stands.blocking]
        return {"left_open": [one.id for one in stands.closable], "reason": "known to the lead"}

    async def _suspend(self) -> None:
        """E's suspension took effect at 9:00; its cause was remedied at 15:00."""
        began, remedied = micros(at("7/9 9:00")), micros(at("7/9 15:00"))
        document = {
            "id": "S-0001",
            "plan": {"scope": "tenant"},
            "started_at": instant(began).isoformat(),
            "remedy": {"at": instant(remedied).isoformat()},
        }
        case = Suspension(
            id="S-0001", tenant="e", tenant_name="E", ground="spam", state="closed",
            rehearsal=False, opened_at=instant(began), started_at=instant(began), deadline=None,
            closed_at=instant(remedied), notice_owed=False, review_due=None,
            document=json.dumps(document),
        )  # fmt: skip
        async with recorded(self.writer) as change:
            await change.put(SUSPENSIONS, [case])

    async def _confirm_data(self) -> None:
        """D and E have said that they have their data: the register is imported with those days."""
        days = script.DATA_CONFIRMED
        tenants = [replace(one, data_confirmed=days.get(one.id)) for one in self.register.tenants]
        async with recorded(self.writer) as change:
            await replace_register(change, replace(self.register, tenants=tenants))
            await refresh_kept_figures(change, set(days), self.estate.context)


def _number(answer: dict[str, Any]) -> int:
    """The number of what an act made: a window, a decision to approve, or an exclusion."""
    for name in ("window", "maintenance", "proposed", "exclusion", "exclusions"):
        value = answer.get(name)
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, int):
            return value
    raise AssertionError(answer)
