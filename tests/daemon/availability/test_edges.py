"""Edges of the month: what stands exactly on a boundary, and what only a restart brings up."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from noc_tui.commands.tenant_document import TenantRows, entries
from noc_tui.contract.attribution import Party
from noc_tui.contract.calendar import SECOND, day_end, instant, paris_day
from noc_tui.contract.spans import Span
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.availability import decisions, ingest, maintenance
from noc_tui.daemon.availability.derive_outages import DerivedOutages
from noc_tui.daemon.availability.ingest import Pools
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.queries.month_facts import read_month_facts
from noc_tui.queries.retention import read_facts
from noc_tui.views.tenant_month import TenantMonth, amount_in_force
from storage import incidents
from storage.database import Writer
from storage.ledger import LEDGER, PLACEMENTS
from storage.months import figures
from storage.outages import EXCLUSIONS, OUTAGES
from storage.register import TenantAmount, TenantPool, replace_register
from tests.daemon.availability.test_ingest import spans
from tests.daemon.availability.test_messages import SMTP
from tests.statement.test_statement import MARCH, OMAR, month_with_an_outage, read
from tests.support.changes import recorded
from tests.support.played_estate import REGISTER, STEP, Estate, guest, node, tenant

pytestmark = pytest.mark.anyio

TERMS = load_shipped_book()


async def month_of_zeta(writer: Writer, now: int) -> TenantMonth:
    (found,) = await read_month_facts(writer, MARCH, now, TERMS, {"zeta"})
    return found


async def test_a_template_is_no_instance(estate: Estate, writer: Writer) -> None:
    estate.put(msgspec.structs.replace(guest(300, "zeta"), template=True))
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(2)
    assert await spans(writer, "zeta") == [(estate.at(3), None)]


async def test_a_backup_that_stops_a_guest_is_told_apart_in_the_ledger(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll()
    estate.put(msgspec.structs.replace(guest(201, "zeta", status="stopped"), lock="backup"))
    await estate.poll(2)
    reasons = {row.reason for row in await LEDGER.read(writer) if row.state == "down"}
    assert reasons == {"backup"}


async def test_an_outage_joins_the_incident_of_the_node_that_its_guest_moved_to(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", "pve2"))
    await estate.poll()
    placed = [row.node for row in await PLACEMENTS.read(writer) if row.source.endswith("/201")]
    assert placed == ["rennes/pve1", "rennes/pve2"]
    estate.nodes["pve2"] = node("pve2", "offline")
    estate.put(guest(201, "zeta", "pve2", "unknown"))
    await estate.poll(2)
    (row,) = await OUTAGES.read(writer)
    (incident,) = await incidents.live(writer)
    assert (incident.subject, row.incident) == ("node:rennes/pve2", incident.id)


async def test_a_daemon_killed_between_the_ledger_and_the_outages_catches_up(
    estate: Estate, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll()

    async def killed(*_args: object) -> DerivedOutages:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ingest, "derive", killed)
        with pytest.raises(KeyboardInterrupt):
            await estate.poll()
    assert await OUTAGES.read(writer) == []
    estate.restart()
    await estate.poll()
    assert await spans(writer, "zeta") == [(estate.at(3), None)]


async def test_a_month_that_ended_while_nobody_looked_is_worked_out_to_its_end(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    left = MARCH.span.end - estate.at(2)
    await estate.clock.advance(left / SECOND + STEP)
    estate.restart()
    await estate.poll()
    kept = [(row.past, row.base) for row in await figures(writer, str(MARCH))]
    assert kept == [(MARCH.span.length, MARCH.span.length)] * 2


async def test_a_pool_is_a_tenants_from_its_first_day_to_before_its_last(writer: Writer) -> None:
    day = date(2026, 3, 12)
    async with recorded(writer) as change:
        history = [
            TenantPool("rennes", "shared", date(2026, 1, 1), day, "acme"),
            TenantPool("rennes", "shared", day, None, "zeta"),
            TenantPool("rennes", "left", date(2026, 1, 1), day, "acme"),
        ]
        await replace_register(change, msgspec.structs.replace(REGISTER, pools=history))
    pools = Pools()
    owners = []
    for one in (day - timedelta(days=1), day):
        assert await pools.refresh(writer, one)
        owners.append([pools.owner("rennes", pool) for pool in ("shared", "left")])
    assert owners == [["acme", "acme"], ["zeta", None]]
    assert not await pools.refresh(writer, day)


@pytest.mark.parametrize(("poll", "contestable"), [(1, True), (2, False)])
async def test_a_window_that_begins_before_it_is_planned_is_contestable(
    estate: Estate, context: Context, writer: Writer, poll: int, contestable: bool
) -> None:
    await estate.poll(2)
    config = msgspec.structs.replace(context.config, smtp=SMTP)
    span = (estate.at(poll), estate.at(8))
    async with writer.change(itself()) as change:
        await maintenance.plan(change, OMAR, "Urgent", span, ["zeta"], "fuite", config=config)
    (row,) = await EXCLUSIONS.read(writer)
    assert row.contestable is contestable


async def test_a_window_is_called_off_though_one_exclusion_was_withdrawn_before(
    estate: Estate, context: Context, writer: Writer
) -> None:
    config = msgspec.structs.replace(context.config, smtp=SMTP)
    span = (estate.at(3), estate.at(8))
    async with writer.change(itself()) as change:
        both = ["zeta", "acme"]
        window = await maintenance.plan(change, OMAR, "Urgent", span, both, "fuite", config=config)
        first = (await EXCLUSIONS.read(change))[0]
        await decisions.withdraw(change, OMAR, first.id, "non touché")
        await maintenance.cancel(change, OMAR, window.id, "plus nécessaire", config=config)
    reasons = [row.withdrawn_reason for row in await EXCLUSIONS.read(writer)]
    assert reasons == ["non touché", "plus nécessaire"]


def test_the_amount_in_force_is_the_last_that_has_begun() -> None:
    rows = [
        TenantAmount("zeta", date(2026, 1, 1), Decimal("100")),
        TenantAmount("zeta", date(2026, 3, 1), Decimal("300")),
        TenantAmount("zeta", date(2026, 2, 1), Decimal("200")),
    ]
    found = [
        amount_in_force(rows, day)
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 1))
    ]
    assert found == [None, Decimal("100"), Decimal("200"), Decimal("300")]


async def test_a_month_is_over_at_its_last_instant(writer: Writer) -> None:
    end = MARCH.span.end
    assert [(await month_of_zeta(writer, now)).over for now in (end - 1, end)] == [False, True]


async def put_contract(writer: Writer, end: date | None, confirmed: date | None) -> None:
    ending = msgspec.structs.replace(tenant("zeta"), contract_end=end, data_confirmed=confirmed)
    async with recorded(writer) as change:
        changed = msgspec.structs.replace(REGISTER, tenants=[tenant("acme"), ending])
        await replace_register(change, changed)


@pytest.mark.parametrize(
    ("end", "confirmed", "last"),
    [
        (date(2026, 3, 20), None, None),  # until the client confirms its data it is billed
        (date(2026, 3, 20), date(2026, 3, 29), date(2026, 3, 29)),  # the day that has 23 hours
        (date(2026, 3, 29), date(2026, 3, 20), date(2026, 3, 29)),
        (date(2026, 3, 20), date(2026, 4, 20), date(2026, 4, 20)),
    ],
)
async def test_the_base_lasts_until_termination_takes_effect(
    writer: Writer, end: date, confirmed: date | None, last: date | None
) -> None:
    """Statement, register and retention have one meaning of *under contract* (R11, R28, R33)."""
    await put_contract(writer, end, confirmed)
    now = MARCH.span.end + 86_400_000_000
    base = (await month_of_zeta(writer, now)).result.base
    until = MARCH.span.end if last is None else min(MARCH.span.end, day_end(last))
    assert base == Span(MARCH.span.start, until)
    book, at = load_shipped_book(), instant(now)
    (shown,) = [one for one in entries(await TenantRows.of(writer), book, paris_day(now))
                if one.id == "zeta"]  # fmt: skip
    assert shown.under_contract_until == last
    assert (await read_facts(writer, book, at)).contract_ends["tenant:zeta"] == last


async def test_a_statement_rests_on_every_entry_about_its_outages(
    estate: Estate, writer: Writer
) -> None:
    await month_with_an_outage(estate)
    (outage,) = await OUTAGES.read(writer)
    async with writer.change(itself()) as change:
        decided = await decisions.attribute(change, OMAR, outage.id, Party.CLIENT, "arrêtée", [])
        assert decided.exclusion is not None
        await decisions.withdraw(change, OMAR, decided.exclusion, "par erreur")
    kinds = {entry.kind for entry in (await read(writer)).entries}
    assert kinds >= {
        "availability.outage",
        "availability.outage_ended",
        "availability.attributed",
        "availability.excluded",
        "availability.exclusion_withdrawn",
    }


async def test_a_statement_says_when_what_nobody_saw_could_change_the_credit(
    estate: Estate, writer: Writer
) -> None:
    """Nine polls down are 2 700 s, over the 2 674.8 of March; ten less one interval are not."""
    await estate.poll(4)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(8)
    estate.put(guest(201, "zeta"))
    await estate.poll()
    found = await read(writer)
    assert (found.contractual.down_seconds, found.credit.tier) == ("2400", 0)
    assert found.straddles
