"""The small estate on a day with something on each screen: outages, a case, alerts, a handover."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from msgspec.structs import replace

from noc_tui.contract.calendar import Month
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.suspension import store
from noc_tui.queries.month_facts import read_month_facts
from noc_tui.queries.terms_archive import row_of
from storage.change import Change
from storage.database import Writer
from storage.evidence import Actor
from storage.incidents import ENTRIES, INCIDENTS, Incident, IncidentEntry
from storage.ledger import OBSERVERS, PLACEMENTS, Observer, Placement
from storage.months import CREDITS, CreditRow, put_month_figures
from storage.oncall import (
    ALERT_NOTES,
    ALERTS,
    SHIFT_NOTES,
    SHIFTS,
    Alert,
    AlertNote,
    Shift,
    ShiftNote,
)
from storage.outages import EXCLUSIONS, OUTAGES, UNMEASURED, Exclusion, Outage, Unmeasured
from storage.suspension import TERMS_TEXTS
from storage.times import micros
from tests.console import estate
from tests.console.estate import NOW
from tests.support.cases import TERMS, draft, suspended
from tests.support.changes import PREPARED, TESTER

OMAR, OLGA = Actor(1001, "omar"), Actor(1002, "olga")
DAY = 86_400 * 10**6
MARCH_BASE, MARCH_PAST = 31 * DAY, 9 * DAY + DAY // 2


def before(**ago: float) -> datetime:
    """An instant so long before now."""
    return NOW - timedelta(**ago)


async def write(path: Path) -> None:
    """The estate and its day, in a new database at `path`."""
    with _known_salt():
        await estate.write(path)
    now = NOW
    writer = await Writer.open(path, clock_now=lambda: now)
    try:
        with _known_salt():
            async with writer.change(TESTER) as change:
                entry = await change.record(PREPARED, [], {})
                await _put_availability(change, entry)
                await _put_incidents(change)
                await _put_shift(change)
                await change.put(TERMS_TEXTS, [await row_of(change, TERMS)])
                await store.put(change, suspended("late-payment", "tenant"), TERMS)
                await store.put(change, replace(draft("charte-breach"), id="S-2"), TERMS)
                await _put_months(change)
            for at, kind, subjects, payload in EVENTS:
                now = at
                async with writer.change(OLGA if kind.startswith("alert") else OMAR) as change:
                    await change.record(kind, subjects, payload)
    finally:
        await writer.close()


async def _put_availability(change: Change, entry: int) -> None:
    await change.put(
        OBSERVERS, [Observer("cluster:rennes", micros(before(days=30)), micros(NOW), outside=False)]
    )
    await change.put(PLACEMENTS, [
            Placement(
                source=f"guest:rennes/{vmid}", since=micros(before(days=30)), tenant=tenant,
                observer="cluster:rennes", node="ren-pve1", until=None, evidence=entry,
            )
            for vmid, tenant in ((101, "acme"), (102, "acme"), (110, "globex"), (111, "globex"))
        ])  # fmt: skip
    await change.put(
        OUTAGES,
        [
            _outage(1, "acme", before(days=4, hours=3), before(days=4, hours=2), 1),
            _outage(2, "globex", before(minutes=52), None, 2),
        ],
    )
    await change.put(
        EXCLUSIONS,
        [
            _exclusion(1, "acme", before(days=6), before(days=6, hours=-5), "maintenance"),
            _exclusion(2, "globex", before(days=2), before(days=1), "not_attributable"),
        ],
    )
    await change.put(UNMEASURED, [
            Unmeasured(
                tenant="acme", start=micros(before(days=8)), end=micros(before(days=7, hours=12)),
                reason="no answer", evidence=1, ended_by=1,
            )
        ])  # fmt: skip


def _outage(
    number: int, tenant: str, start: datetime, end: datetime | None, incident: int
) -> Outage:
    return Outage(
        id=number, tenant=tenant, start=micros(start), end=None if end is None else micros(end),
        not_before=micros(start) - 10**7,
        not_over_before=None if end is None else micros(end) - 10**7,
        cause="instances", sources=(f"guest:rennes/{100 + number}",), origin="observed",
        incident=incident, evidence=1, ended_by=None if end is None else 1,
    )  # fmt: skip


def _exclusion(number: int, tenant: str, start: datetime, end: datetime, basis: str) -> Exclusion:
    return Exclusion(
        id=number, tenant=tenant, start=micros(start), end=micros(end), basis=basis,
        reason="switch replaced", account="omar", at=micros(end), maintenance=None,
        contestable=False, evidence=1,
    )  # fmt: skip


async def _put_incidents(change: Change) -> None:
    opened = Incident(
        id=2, title="globex unavailable", state="open", subject="tenant:globex",
        opened_at=micros(before(minutes=51)), ended_at=None, account="nocd", owner="", ticket="",
        merged_into=None, split_from=None, evidence=1,
    )  # fmt: skip
    closed = replace(
        opened, id=1, title="Storage of rack 4 slow", state="resolved", subject="",
        opened_at=micros(before(days=4, hours=3)), ended_at=micros(before(days=4, hours=1)),
        account="omar", owner="omar", ticket="T-1042",
    )  # fmt: skip
    await change.put(INCIDENTS, [closed, opened])
    lines = [
        (1, 1, before(days=4, hours=3), "opened", "omar", ""),
        (2, 1, before(days=4, hours=2), "note", "omar", "a disk was replaced"),
        (3, 2, before(minutes=51), "opened", "nocd", ""),
    ]
    await change.put(ENTRIES, [
            IncidentEntry(
                id=number, incident=incident, at=micros(at), kind=kind, account=account,
                text=text, corrects=None, evidence=1,
            )
            for number, incident, at, kind, account, text in lines
        ])  # fmt: skip


async def _put_months(change: Change) -> None:
    await change.put(CREDITS, [
            CreditRow(
                tenant="acme", month="2026-02", terms=TERMS.version, sent=micros(before(days=3)),
                received=micros(before(days=3)), channel="mail", reference="AC-7",
                decided_at=None, granted=None, refused="", account="omar", claimed_by=1,
                decided_by=None,
            )
        ])  # fmt: skip
    for month in (Month(2026, 2), Month(2026, 3)):
        months = await read_month_facts(change, month, micros(NOW), load_shipped_book())
        await put_month_figures(change, str(month), [one.figure() for one in months], OMAR)


def alert(rule: str, severity: str, subject: str, *words: str, **fields: object) -> Alert:
    """An open alert of a rule, raised a quarter of an hour ago."""
    made = Alert(
        fingerprint=f"{rule}:{subject}", rule=rule, severity=severity, scope="cluster:rennes",
        subject=subject, tenant="", words=words, deadline=None, state="open",
        since=before(minutes=15), raised=1, resolved_at=None, acknowledged_at=None,
        acknowledged_by="", acknowledged_severity="", snoozed_until=None, assignee="",
        incident=None,
    )  # fmt: skip
    return replace(made, **fields)


async def _put_shift(change: Change) -> None:
    node = alert("node", "critical", "node:rennes/ren-pve2", "name=ren-pve2")
    taken = alert(
        "storage-missing", "critical", "storage:rennes/nfs", "name=nfs", "nodes=ren-pve2",
        acknowledged_at=before(minutes=9), acknowledged_by="olga", assignee="olga",
        acknowledged_severity="critical",
    )  # fmt: skip
    out = alert(
        "outage", "critical", "tenant:globex", "name=Globex", "cause=instances",
        tenant="globex", incident=2, since=before(minutes=52),
    )  # fmt: skip
    source = alert("source", "critical", "source:nantes/fast", "name=nantes", "error=timed out")
    await change.put(ALERTS, [node, taken, out, source])
    await change.put(
        ALERT_NOTES,
        [AlertNote(1, node.fingerprint, before(minutes=4), "omar", "a technician is on the way")],
    )
    await change.put(
        SHIFTS,
        [
            Shift(1, before(hours=3), before(hours=-5), "omar", "lea"),
            Shift(2, before(hours=-5), before(hours=-13), "olga", "lea"),
        ],
    )
    await change.put(
        SHIFT_NOTES,
        [ShiftNote(1, before(hours=1), "omar", "The lift of room 2 is out until Monday.", None)],
    )


EVENTS: list[tuple[datetime, str, list[str], dict[str, object]]] = [
    (before(days=4), "incident.opened", ["incident:1", "tenant:acme"], {"title": "slow"}),
    (before(days=3), "credit.claimed", ["tenant:acme"], {"month": "2026-02"}),
    (before(hours=2), "guest.power", ["guest:rennes/103", "tenant:acme"], {"action": "stop"}),
    (before(minutes=52), "outage.began", ["tenant:globex"], {"sources": ["guest:rennes/110"]}),
    (before(minutes=9), "alert.acknowledged", ["storage:rennes/nfs"], {"note": "seen"}),
]


@contextmanager
def _known_salt() -> Iterator[None]:
    """Entries whose hashes are the same each time: a frame shows one."""
    with patch("storage.recording.secrets.token_bytes", bytes):
        yield
