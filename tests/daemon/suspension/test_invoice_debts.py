"""What accounting exports: shown first, kept with its evidence, and heeded by orders for a debt."""

import hashlib
import json
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from noc_tui.api.payments import PaymentsFile, PaymentsTaken
from noc_tui.api.suspension import FormalNotice
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import Case, DebtFacts
from noc_tui.daemon.core.errors import BadRequest, Conflict
from noc_tui.daemon.core.server import Call
from noc_tui.daemon.payments.service import PaymentService
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.invoice_debts import InvoiceDebts, see_invoice
from noc_tui.queries.debts import read_later_debts
from noc_tui.queries.record_check import check_record
from noc_tui.roles import Caller, Role
from noc_tui.views.debts import LaterDebt
from storage.evidence import Query, search
from storage.invoices import INVOICES
from storage.outbox import messages_about
from storage.verdict import Verdict
from tests.daemon.suspension.lab import Lab
from tests.daemon.suspension.test_planned_orders import due, planned
from tests.forgeries.rows import forge, sql
from tests.support.cases import OMAR, TERMS
from tests.support.changes import recorded

pytestmark = pytest.mark.anyio
HEADING = "Client;Facture;Émise le;Montant;Réglé;Contestée le"
ROW = "acme;F-2026-001;05/01/2026;1 250,00;{paid};"
CALLER = Caller(uid=1001, name="omar", role=Role.OPERATOR)


async def taken(
    lab: Lab, *rows: str, as_of: datetime | None = None, confirm: bool = True
) -> PaymentsTaken:
    content = "\n".join((HEADING, *rows)).encode("cp1252")
    body = PaymentsFile("export.csv", content, as_of or lab.now(), confirm)
    return await PaymentService(lab.context).take(Call(CALLER, body, {}, {}))


async def paid(lab: Lab, amount: str, **how: object) -> PaymentsTaken:
    return await taken(lab, ROW.format(paid=amount), **how)  # type: ignore[arg-type]


async def waiting(lab: Lab) -> Case:
    """An order that waits, and rests on no payment."""
    return await planned(lab, "unpaid", ground="late-payment", vmids=())


async def test_nothing_is_kept_before_it_is_confirmed(lab: Lab) -> None:
    shown = await paid(lab, "250,00", confirm=False)
    assert not shown.kept
    (one,) = shown.invoices
    assert (one.amount, one.left, one.left_before) == (125_000, 100_000, None)
    assert await INVOICES.read(lab.context.writer) == []
    await paid(lab, "250,00")
    again = await paid(lab, "1250,00", confirm=False)
    assert [one.left_before for one in again.invoices] == [100_000]
    (row,) = await INVOICES.read(lab.context.writer)
    assert (row.tenant, row.paid) == ("acme", 25_000)


async def test_the_entry_of_a_tenant_names_the_file_and_binds_its_rows(lab: Lab) -> None:
    content = "\n".join((HEADING, ROW.format(paid="0,00"))).encode("cp1252")
    await paid(lab, "0,00")
    (entry,) = await search(lab.context.writer, Query(kind="payments.imported"))
    assert entry.payload is not None
    payload = json.loads(entry.payload)
    assert payload["sha256"] == hashlib.sha256(content).hexdigest()
    assert payload["invoices"] == ["F-2026-001"]
    assert entry.account == "omar"


async def test_a_row_that_cannot_be_kept_is_named_and_the_others_are(lab: Lab) -> None:
    found = await taken(
        lab,
        ROW.format(paid="0,00"),
        ROW.format(paid="0,00").replace("acme", "nobody"),
        ROW.format(paid="1.000").replace("001", "002"),
    )
    assert [row.line for row in found.left_out] == [3, 4]
    assert "no such tenant" in found.left_out[0].why
    assert [one.reference for one in found.invoices] == ["F-2026-001"]


async def test_older_facts_never_replace_newer_ones(lab: Lab) -> None:
    now = lab.now()
    await paid(lab, "1250,00", as_of=now)
    found = await paid(lab, "0,00", as_of=now - timedelta(days=1))
    assert found.invoices == ()
    assert "newer facts are kept" in found.left_out[0].why
    (row,) = await INVOICES.read(lab.context.writer)
    assert row.paid == 125_000
    with pytest.raises(BadRequest, match="nobody knows today"):
        await paid(lab, "0,00", as_of=lab.now() + timedelta(days=2))
    with pytest.raises(BadRequest, match="CSV UTF-8"):
        await PaymentService(lab.context).take(
            Call(CALLER, PaymentsFile("x.xlsx", b"PK\x03\x04", now), {}, {})
        )


async def test_an_order_for_a_debt_cancels_itself_once_accounting_says_it_is_paid(lab: Lab) -> None:
    case = await waiting(lab)
    await paid(lab, "1250,00")
    await lab.part.planned.look_at(case.id)
    case = await lab.load(case)
    assert (case.state, case.fell_away) == ("cancelled", "unpaid")
    sent = await messages_about(lab.context.writer, f"suspension:{case.id}")
    assert [one.purpose for one in sent] == ["notice", "withdrawn"]


async def test_an_order_runs_on_facts_of_the_day_alone(lab: Lab) -> None:
    case = await waiting(lab)
    await paid(lab, "0,00", as_of=lab.now() - timedelta(hours=25))
    held = await due(lab, case)
    assert held.state == "held"
    assert held.hold is not None
    assert held.hold.why == "debt"


async def test_an_unpaid_debt_lets_the_order_run_at_its_time(lab: Lab) -> None:
    case = await waiting(lab)
    await paid(lab, "0,00")
    assert await InvoiceDebts(lab.context).debt_of(case) == DebtFacts(
        paid=False, as_of=(await INVOICES.read(lab.context.writer))[0].as_of
    )
    ran = await due(lab, case)
    assert ran.released_at is not None


async def test_no_order_runs_or_is_given_on_an_invoice_that_was_altered(lab: Lab) -> None:
    case = await waiting(lab)
    await paid(lab, "0,00")
    forge(lab.context.writer.path, sql("UPDATE invoice SET amount = amount + 1"))
    assert await InvoiceDebts(lab.context).debt_of(case) == DebtFacts()
    with pytest.raises(Conflict, match="invoice"):
        await see_invoice(lab.context, lab.part.cases, case)
    held = await due(lab, case)
    assert (held.state, held.released_at) == ("held", None)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ROW.format(paid="500,00"), "a part was paid, 750.00 euros remain"),
        (ROW.format(paid="0,00") + "15/01/2026", "disputed the invoice on 2026-01-15"),
    ],
)
async def test_what_comes_up_since_the_order_holds_it(lab: Lab, row: str, said: str) -> None:
    case = await waiting(lab)
    await taken(lab, row)
    held = await due(lab, await lab.load(case))
    assert held.state == "held"
    assert held.hold is not None
    assert said in held.hold.said


async def test_a_check_sees_what_accounting_said(lab: Lab) -> None:
    case = await lab.draft("late-payment")
    await paid(lab, "500,00")
    seen = await store.load(lab.context.writer, case.id)
    assert seen.invoice is not None
    assert seen.invoice.remaining == 75_000
    assert await see_invoice(lab.context, lab.part.cases, seen) == seen
    other = await lab.tell(
        seen, ev.Edited(at=lab.now(), by=OMAR, facts={**seen.facts, "invoice_ref": "F-9"})
    )
    assert (await see_invoice(lab.context, lab.part.cases, other)).invoice is None


async def test_no_formal_notice_asks_for_more_than_accounting_says_is_left(lab: Lab) -> None:
    case = await lab.draft("late-payment")
    call = Call(CALLER, FormalNotice(send=True), {"id": case.id}, {})
    await paid(lab, "500,00")
    without = replace(await lab.load(case), invoice=None)
    async with recorded(lab.context.writer) as change:
        await store.put(change, without, TERMS)
    with pytest.raises(Conflict, match=r"a part was paid, 750\.00 euros remain.*\(article 6\)"):
        await lab.part.handlers().formal_notice(call)


async def test_the_record_gives_the_invoices_back(lab: Lab) -> None:
    await paid(lab, "0,00")
    await paid(lab, "250,00")
    assert check_record(lab.context.config.database.path).verdict is Verdict.INTACT


async def test_a_later_invoice_that_goes_unpaid_is_a_debt_that_no_case_covers(lab: Lab) -> None:
    case = await lab.suspended("late-payment", means=("vm_cut_network",))
    later = "acme;F-2026-002;20/01/2026;900,00;0,00;"
    await taken(lab, ROW.format(paid="0,00"), later)
    db = lab.context.writer
    assert await read_later_debts(db, lab.now()) == [LaterDebt("acme", case.id, ("F-2026-002",))]
    await taken(lab, ROW.format(paid="1 250,00"), later)  # the case's own debt is paid
    assert await read_later_debts(db, lab.now()) != []
    await taken(lab, "acme;F-2026-002;20/01/2026;900,00;900,00;")
    assert await read_later_debts(db, lab.now()) == []
