"""What has run out is erased wherever it stands; nobody erases alone, or before the time."""

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import ClientSession

from noc_tui.clock import SteppedClock
from noc_tui.config.values import Demo, EvidenceConfig
from noc_tui.daemon.availability import decisions, incidents
from noc_tui.daemon.core.clock_trust import ClockTrust
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.daemon.evidence import service as part
from noc_tui.daemon.evidence.retention_run import RetentionRun
from noc_tui.daemon.evidence.service import EvidenceService
from noc_tui.daemon.outbox.compose import Mail
from noc_tui.daemon.outbox.queue import queue_mail
from noc_tui.daemon.restoration import service as restoration
from noc_tui.daemon.suspension import store
from noc_tui.roles import Caller, Role
from storage import copies, evidence, files
from storage.evidence import Actor, Query
from storage.incidents import ENTRIES
from storage.invoices import INVOICES, InvoiceRow
from storage.outages import EXCLUSIONS
from storage.outbox import MESSAGES
from storage.rebuild import rebuild
from storage.register import Register, replace_register
from storage.suspension import STEPS, SUSPENSIONS, StepRow, Suspension
from storage.verdict import Verdict
from storage.verify import verify
from tests.support.changes import recorded
from tests.support.commands import call_in_thread
from tests.support.context import START, made_context
from tests.support.played_estate import tenant
from tests.support.served import served

pytestmark = pytest.mark.anyio

MARKER = "Zwanzigtausendmal"
OMAR = Caller(1001, "omar", Role.OPERATOR)
YEARS = timedelta(days=6 * 366)


@dataclass
class Kept:
    """The daemon's part over a database, and its socket as the cast asks it."""

    context: Context
    part: EvidenceService
    session: ClientSession

    async def ask(self, who: str, path: str, **body: object) -> tuple[int, Any]:
        url, headers = f"http://nocd/v1/evidence/{path}", {"X-Noc-As": who}
        async with self.session.post(url, json=body, headers=headers) as answer:
            return answer.status, json.loads(await answer.read())

    async def pending(self) -> Any:
        url, headers = "http://nocd/v1/evidence/erasures", {"X-Noc-As": "lea"}
        async with self.session.get(url, headers=headers) as answer:
            return json.loads(await answer.read())

    async def record(self, kind: str, *subjects: str) -> int:
        async with self.context.writer.change(Actor(1001, "omar")) as change:
            return await change.record(kind, subjects or ("tenant:acme",), {"text": MARKER})

    def pass_time(self, span: timedelta) -> None:
        assert isinstance(self.context.clock, SteppedClock)
        self.context.clock.at += span

    async def erased(self, seq: int) -> bool:
        entry = await evidence.get(self.context.writer, seq)
        return entry is not None and entry.erased_by is not None

    def found_in(self, text: str = MARKER) -> list[str]:
        """The files in which it stands, byte for byte."""
        folder = self.context.config.database.path.parent
        return sorted(
            file.name for file in folder.glob("noc.db*") if text.encode() in file.read_bytes()
        )


@asynccontextmanager
async def daemon(directory: Path, settings: EvidenceConfig | None = None) -> AsyncIterator[Kept]:
    async with made_context(directory) as made:
        cast = {"lea": "lead", "luc": "lead", "omar": "operator"}
        demo = Demo(account=os.getuid(), cast=cast)  # type: ignore[arg-type]
        config = msgspec.structs.replace(
            made.config, demo=demo, evidence=settings or EvidenceConfig()
        )
        context = replace(made, config=config)
        built = part.build(context)
        app = application(lambda: config, Refusals(context.writer, context.clock))
        app.add_routes(built.routes())
        async with served(app, config.socket.path) as session:
            yield Kept(context, built, session)


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    async with daemon(tmp_path) as made:
        yield made


async def a_life(kept: Kept) -> list[int]:
    """The marker in a mail, an incident, an exclusion and a case that is closed; the entries that
    two leads must erase.
    """
    writer = kept.context.writer
    async with recorded(writer) as change:
        await replace_register(change, Register(tenants=[tenant("acme")], amounts=[], pools=[]))
    async with writer.change(itself()) as change:
        mail = Mail(
            sender="noc@example.fr", recipient=f"{MARKER}@example.fr", subject=MARKER, body=MARKER
        )
        await queue_mail(
            change, mail, about="incident:1", purpose="incident", actor=itself(),
            subjects=("incident:1", "tenant:acme"),
        )  # fmt: skip
        incident = await incidents.open_incident(change, change.actor, "panne")
        await incidents.note(change, change.actor, incident, MARKER)
        await incidents.move(change, change.actor, incident, "resolved")
        await decisions.exclude(change, OMAR, "acme", (0, 10**9), "maintenance", MARKER)
    async with writer.change(itself()) as change:
        await change.record("suspension.opened", ["suspension:S-0001"], {"facts": MARKER})
        document = {
            "id": "S-0001", "tenant": "acme", "tenant_name": MARKER, "ground": "spam",
            "terms_version": "1", "opened_by": {"uid": 1, "name": "omar", "role": "operator"},
            "opened_at": START.isoformat(), "state": "closed", "facts": {"what": MARKER},
        }  # fmt: skip
        case = Suspension(
            "S-0001", "acme", MARKER, "spam", "closed", False, START, START, None, START,
            False, None, json.dumps(document), "", "omar",
        )  # fmt: skip
        await change.put(SUSPENSIONS, [case])
        step = StepRow(
            "S-0001", "rennes", 101, 0, "vm_stop", "undone", MARKER, MARKER, 1, None, START
        )
        await change.put(STEPS, [step])
    found = await evidence.search(writer, Query())
    return [one.seq for one in found if one.kind in {"availability.excluded", "suspension.opened"}]


async def test_what_has_run_out_is_gone_from_every_place(kept: Kept) -> None:
    decided = await a_life(kept)
    database = kept.context.config.database.path
    files.copy(database, database.with_name("noc.db.before-0099_next"))
    assert {"noc.db-wal", "noc.db.before-0099_next"} <= set(kept.found_in())
    kept.pass_time(YEARS)
    run = RetentionRun(kept.context)
    assert await run.erase_due(kept.context.clock.now()) >= 3
    pending = await kept.pending()
    assert set(decided) <= set(pending["due"])
    status, asked = await kept.ask("lea", "erase", entries=pending["due"], reason="five years")
    assert status == 200
    assert kept.found_in() != []
    status, _done = await kept.ask("luc", f"erasures/{asked['entry']}/confirm")
    assert status == 200
    assert await kept.context.writer.empty_log()
    await restoration.build(kept.context).tend_copies()
    assert kept.found_in() == []

    writer = kept.context.writer
    (message,) = await MESSAGES.read(writer)
    assert (message.raw, message.recipient, message.state) == (b"", "", "refused")
    assert all(line.text == "" for line in await ENTRIES.read(writer) if line.kind == "note")
    (exclusion,) = await EXCLUSIONS.read(writer)
    assert (exclusion.reason, exclusion.end) == ("", 10**9)
    case = await store.load(writer, "S-0001")
    assert (case.tenant, case.tenant_name, case.facts, case.state) == ("acme", "", {}, "closed")
    report = await asyncio.to_thread(verify, database)
    assert (report.verdict, report.reason) == (Verdict.INTACT, report.reason)


async def test_an_erasure_says_who_when_and_under_what(kept: Kept) -> None:
    number = await kept.record("access.refused")
    decision = await kept.record("credit.refused")
    kept.pass_time(timedelta(days=400))
    await RetentionRun(kept.context).erase_due(kept.context.clock.now())
    assert (await kept.erased(number), await kept.erased(decision)) == (True, False)
    (entry,) = await evidence.search(kept.context.writer, Query(kind="evidence.erased"))
    said = json.loads(entry.payload or "")
    assert (entry.account, said["rule"], said["under"]) == (
        "nocd", "connections", "décret 2021-1362, art. 5",
    )  # fmt: skip
    kept.pass_time(timedelta(days=11 * 366))
    _, asked = await kept.ask("lea", "erase", entries=[decision], reason="ten years")
    status, _ = await kept.ask("luc", f"erasures/{asked['entry']}/confirm")
    assert status == 200
    newest, _older = await evidence.search(kept.context.writer, Query(kind="evidence.erased"))
    said = json.loads(newest.payload or "")
    assert (newest.account, said["requested_by"], said["confirmed_by"], said["request"]) == (
        "luc", "lea", "luc", asked["entry"],
    )  # fmt: skip


async def test_one_lead_alone_erases_nothing(kept: Kept) -> None:
    seq = await kept.record("credit.refused")
    kept.pass_time(timedelta(days=12 * 366))
    assert (await kept.ask("omar", "erase", entries=[seq], reason="x"))[0] == 403
    _, asked = await kept.ask("lea", "erase", entries=[seq], reason="x")
    confirm = f"erasures/{asked['entry']}/confirm"
    assert (await kept.ask("lea", confirm))[0] == 403
    assert (await kept.ask("omar", confirm))[0] == 403
    assert not await kept.erased(seq)
    assert [one["request"] for one in (await kept.pending())["requests"]] == [asked["entry"]]
    kept.pass_time(timedelta(hours=25))
    assert (await kept.ask("luc", confirm))[0] == 409
    assert not await kept.erased(seq)
    _, again = await kept.ask("lea", "erase", entries=[seq], reason="x")
    confirm = f"erasures/{again['entry']}/confirm"
    assert (await kept.ask("luc", confirm))[0] == 200
    assert await kept.erased(seq)
    assert (await kept.ask("luc", confirm))[0] == 409
    assert (await kept.ask("luc", f"erasures/{seq}/confirm"))[0] == 404


@pytest.mark.parametrize("kind", ["credit.refused", "mail.queued", "suspension.approved"])
async def test_two_leads_erase_nothing_before_its_time(kept: Kept, kind: str) -> None:
    seq = await kept.record(kind)
    kept.pass_time(timedelta(days=4 * 365))
    status, answer = await kept.ask("lea", "erase", entries=[seq], reason="an error")
    assert (status, "is kept until" in answer["error"]) == (400, True)
    await RetentionRun(kept.context).erase_due(kept.context.clock.now())
    assert not await kept.erased(seq)


async def test_what_no_rule_names_and_what_is_disputed_stays(tmp_path: Path) -> None:
    async with daemon(tmp_path, EvidenceConfig(disputed=("tenant:acme",))) as kept:
        outage = await kept.record("availability.outage")
        mail, other = (
            await kept.record("mail.queued"),
            await kept.record("mail.sent", "tenant:zeta"),
        )
        kept.pass_time(YEARS)
        await RetentionRun(kept.context).erase_due(kept.context.clock.now())
        assert [await kept.erased(seq) for seq in (outage, mail, other)] == [False, False, True]
        status, answer = await kept.ask("lea", "erase", entries=[outage], reason="x")
        assert (status, "no rule" in answer["error"]) == (400, True)
        status, answer = await kept.ask("lea", "erase", entries=[mail], reason="x")
        assert (status, "dispute" in answer["error"]) == (400, True)


async def test_what_is_configured_lengthens_and_never_shortens(tmp_path: Path) -> None:
    settings = EvidenceConfig(keep_days={"mail.": 1, "access.": 3650})
    async with daemon(tmp_path, settings) as kept:
        mail, access = await kept.record("mail.queued"), await kept.record("access.refused")
        kept.pass_time(timedelta(days=4 * 365))
        await RetentionRun(kept.context).erase_due(kept.context.clock.now())
        assert [await kept.erased(seq) for seq in (mail, access)] == [False, False]


async def command(kept: Kept, who: str, *words: str) -> tuple[int, str]:
    """The whole command, as one of the cast; its exit code and what it says."""
    context = kept.context
    file = context.config.database.path.with_name("console.toml")
    file.write_text(
        f'[database]\npath = "{context.config.database.path}"\n'
        f'[socket]\npath = "{context.config.socket.path}"\n'
        f"[demo]\naccount = {os.getuid()}\n"
        '[demo.cast]\nlea = "lead"\nluc = "lead"\nomar = "operator"\n'
    )
    line = ["--lang", "en", "--config", str(file), "--as", who, "evidence", *words]
    return (await call_in_thread("evidence", line)).said


async def test_the_commands_ask_confirm_and_list(kept: Kept) -> None:
    seq = await kept.record("credit.refused")
    code, said = await command(kept, "lea", "erase", str(seq), "--reason", "an error")
    assert (code, "is kept until" in said) == (2, True)
    kept.pass_time(timedelta(days=12 * 366))
    code, said = await command(kept, "lea", "erasures")
    assert (code, said) == (0, f"time over, to be erased by two leads: {seq}\n")
    code, said = await command(kept, "lea", "erase", str(seq), "--reason", "ten years")
    assert (code, "confirm-erasure" in said) == (0, True)
    number = said.split()[-1]
    code, said = await command(kept, "lea", "erasures")
    assert f"request {number}, by lea" in said
    assert (await command(kept, "lea", "confirm-erasure", number))[0] == 4
    code, said = await command(kept, "luc", "confirm-erasure", number)
    assert (code, "erased, by entry" in said) == (0, True)
    assert await kept.erased(seq)
    assert (await command(kept, "luc", "erasures")) == (0, "nothing waits for a lead\n")


class InDoubt(ClockTrust):
    """A clock that has jumped and is not believed yet."""

    unsettled = True


async def test_a_clock_that_is_in_doubt_erases_nothing(kept: Kept) -> None:
    access, decision = await kept.record("access.refused"), await kept.record("credit.refused")
    kept.pass_time(timedelta(days=12 * 366))
    _, asked = await kept.ask("lea", "erase", entries=[decision], reason="ten years")
    sure = kept.part.context
    kept.part.context = replace(sure, trust=InDoubt())
    assert (await kept.ask("luc", f"erasures/{asked['entry']}/confirm"))[0] == 409
    run = RetentionRun(kept.part.context)
    await run.look()
    assert not await kept.erased(access)
    run.context = sure
    await run.look()
    assert (await kept.erased(access), await kept.erased(decision)) == (True, False)


async def test_there_is_one_run_a_night(kept: Kept) -> None:
    run = RetentionRun(kept.context)
    first = await kept.record("access.refused")
    kept.pass_time(timedelta(days=400))
    await run.look()
    second = await kept.record("access.refused")
    run.context.clock.at += timedelta(hours=1)  # type: ignore[attr-defined]
    await run.look()
    kept.pass_time(timedelta(days=400))
    assert (await kept.erased(first), await kept.erased(second)) == (True, False)
    await run.look()
    assert await kept.erased(second)


def an_invoice(tenant_id: str, paid: int, as_of: datetime) -> InvoiceRow:
    days = (None, None, None, None)
    return InvoiceRow(tenant_id, "F-1", date(2026, 2, 1), 98_765, paid, as_of, *days)


async def import_invoice(kept: Kept, *rows: InvoiceRow) -> int:
    async with kept.context.writer.change(Actor(1001, "omar")) as change:
        subjects = sorted({f"tenant:{row.tenant}" for row in rows})
        entry = await change.record("payments.imported", subjects, {"file": f"{MARKER}.csv"})
        await change.put(INVOICES, rows, by=entry)
    return entry


async def test_invoices_go_a_year_after_the_contract_of_their_client_ended(kept: Kept) -> None:
    writer = kept.context.writer
    ended = date(2026, 6, 30)
    over = msgspec.structs.replace(tenant("acme"), contract_end=ended, data_confirmed=ended)
    async with recorded(writer) as change:
        register = Register(tenants=[over, tenant("zeta")], amounts=[], pools=[])
        await replace_register(change, register)
    first = await import_invoice(kept, an_invoice("acme", 0, START))
    other = await import_invoice(kept, an_invoice("zeta", 0, START))
    kept.pass_time(datetime(2026, 9, 1, tzinfo=UTC) - kept.context.clock.now())
    late = await import_invoice(kept, an_invoice("acme", 98_765, kept.context.clock.now()))

    async def left_on(year: int, month: int, day: int) -> set[str]:
        kept.pass_time(datetime(year, month, day, 12, tzinfo=UTC) - kept.context.clock.now())
        await RetentionRun(kept.context).erase_due(kept.context.clock.now())
        return {row.tenant for row in await INVOICES.read(writer)}

    assert await left_on(2027, 6, 30) == {"acme", "zeta"}
    assert not await kept.erased(first)
    # The first import has run out; the row is the second's, which was made after the end.
    assert await left_on(2027, 7, 1) == {"acme", "zeta"}
    assert (await kept.erased(first), await kept.erased(late)) == (True, False)
    assert await left_on(2027, 9, 1) == {"acme", "zeta"}
    assert await left_on(2027, 9, 2) == {"zeta"}
    assert (await kept.erased(late), await kept.erased(other)) == (True, False)
    (entry, *_) = await evidence.search(writer, Query(kind="evidence.erased"))
    assert json.loads(entry.payload or "")["under"] == "décret 2021-1362, art. 5"
    for said in await evidence.search(writer, Query(kind="evidence.erased")):
        assert "98765" not in (said.payload or "")
    database = kept.context.config.database.path
    report = await asyncio.to_thread(verify, database)
    assert (report.verdict, report.reason) == (Verdict.INTACT, report.reason)
    into = database.with_name("rebuilt.db")
    found = await asyncio.to_thread(rebuild, database, into=into, now=kept.context.clock.now())
    assert found.count == 0
    with closing(sqlite3.connect(into)) as db:
        assert db.execute("SELECT tenant FROM invoice").fetchall() == [("zeta",)]


async def test_invoices_that_a_dispute_holds_stay(tmp_path: Path) -> None:
    async with daemon(tmp_path, EvidenceConfig(disputed=("tenant:acme",))) as kept:
        ended = date(2026, 6, 30)
        over = msgspec.structs.replace(tenant("acme"), contract_end=ended, data_confirmed=ended)
        async with recorded(kept.context.writer) as change:
            await replace_register(change, Register(tenants=[over], amounts=[], pools=[]))
        seq = await import_invoice(kept, an_invoice("acme", 0, START))
        kept.pass_time(YEARS)
        await RetentionRun(kept.context).erase_due(kept.context.clock.now())
        assert not await kept.erased(seq)
        assert len(await INVOICES.read(kept.context.writer)) == 1


async def test_an_invoice_goes_from_the_copies_beside_the_database_too(kept: Kept) -> None:
    async with recorded(kept.context.writer) as change:
        ended = date(2026, 6, 30)
        over = msgspec.structs.replace(tenant("acme"), contract_end=ended, data_confirmed=ended)
        await replace_register(change, Register(tenants=[over], amounts=[], pools=[]))
    await import_invoice(kept, an_invoice("acme", 0, START))
    database = kept.context.config.database.path
    copy = database.with_name("noc.db.before-0099_next")
    files.copy(database, copy)
    kept.pass_time(YEARS)
    await RetentionRun(kept.context).erase_due(kept.context.clock.now())
    erased = await copies.erased_entries(kept.context.writer)
    seqs = await asyncio.to_thread(copies.still_there, copy, erased)
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT count(*) FROM invoice").fetchone() == (1,)
    await copies.erase(copy, seqs, itself(), kept.context.clock.now())
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT count(*) FROM invoice").fetchone() == (0,)
