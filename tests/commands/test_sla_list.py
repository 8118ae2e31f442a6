"""The month of all tenants on the command line: who is out, what it will cost, what is claimed."""

import pytest

from noc_tui import i18n
from noc_tui.commands.sla_list import lines
from noc_tui.contract.calendar import Month
from noc_tui.contract.credits import CreditClaimed
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.availability import claims
from noc_tui.daemon.core.identity import itself
from noc_tui.queries.month_table import read_month_table
from noc_tui.queries.record_check import INTACT_RECORD
from noc_tui.roles import Caller, Role
from storage.database import Writer
from tests.support.played_estate import Estate, guest

pytestmark = pytest.mark.anyio
TERMS = load_shipped_book()
OMAR = Caller(1, "omar", Role.OPERATOR)


async def test_who_is_out_comes_first_with_what_it_will_cost(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(4)
    found = await read_month_table(writer, None, TERMS, INTACT_RECORD)
    first, second = found.tenants
    assert (found.month, found.until) == ("2026-03", "2026-02-28T23:30:00Z")
    assert (first.tenant, first.out, second.tenant, second.out) == ("zeta", True, "acme", False)
    assert (first.contractual.down_seconds, first.budget_left_seconds) == ("900", "1774.8")
    assert [(one.percent, one.amount) for one in first.tips] == [(10, "125.00"), (25, "312.50")]
    i18n.use("en")
    text = list(lines(found))
    assert text[0] == "2026-03, figures up to 2026-03-01 00:30:00"
    assert text[3].startswith("zeta    out now  99.9663 %")
    assert "0:29:34" in text[3]
    assert "10 % @ 2026-03-01 00:59:34" in text[3]


async def test_claims_wait_until_they_are_answered_also_those_for_nothing(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(4)
    at = estate.at(3)
    claim = CreditClaimed(at, at, "e-mail", "TCK-7")
    async with writer.change(itself()) as change:
        await claims.claim(change, OMAR, "acme", Month(2026, 2), claim, terms=TERMS)
    found = await read_month_table(writer, Month(2026, 2), TERMS, INTACT_RECORD)
    assert [(one.tenant, one.month) for one in found.claims] == [("acme", "2026-02")]
    i18n.use("en")
    said = "  2026-02 acme, sent 2026-03-01 00:15:00 by e-mail TCK-7"
    assert list(lines(found))[-1] == said
    async with writer.change(itself()) as change:
        await claims.decide(
            change, OMAR, "acme", Month(2026, 2), grant=False, reason="kept", terms=TERMS
        )
    found = await read_month_table(writer, Month(2026, 2), TERMS, INTACT_RECORD)
    assert found.claims == ()
    assert [one.state for one in found.tenants if one.tenant == "acme"] == ["refused"]
