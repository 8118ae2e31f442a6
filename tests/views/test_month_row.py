"""Who is nearest to a credit: the list, the screen, status and handover have one order."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.console.screens.sla.tables import line_of
from noc_tui.contract.availability import Account, Commitment, compute
from noc_tui.contract.calendar import SECOND, Month, instant
from noc_tui.contract.spans import Span
from noc_tui.contract.terms import load_terms
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.core.identity import itself
from noc_tui.queries.month_table import read_credit_order
from noc_tui.queries.record_check import INTACT_RECORD
from noc_tui.views.month_row import build_month_table
from noc_tui.views.tenant_month import Outline, TenantMonth, credit_of
from storage.database import Writer
from storage.months import put_month_figures
from storage.outages import Outage
from storage.register import Tenant

MONTH = Month(2026, 3)
DAY = 86400 * SECOND
NOW = MONTH.span.start + 20 * DAY
TERMS = load_terms()
COMMITMENT = Commitment.of(TERMS.availability)


def month_of(name: str, begun: int, down: int, *, lasts: bool = False) -> TenantMonth:
    """A tenant under contract from that day of the month on, who was down so many seconds."""
    tenant = Tenant(name, name, "", None, None, (), (), (), (), (), "none", "", ())
    start = NOW - down * SECOND
    account = Account(
        month=MONTH,
        now=NOW,
        contract_from=MONTH.span.start + begun * DAY,
        outages=[Span(start, 2**62 if lasts else NOW)] if down or lasts else [],
    )
    result = compute(account, COMMITMENT)
    row = Outage(
        1, name, start, None if lasts else NOW, start, None, "instances", (), "observed", None, 1,
        None,
    )  # fmt: skip
    return TenantMonth(
        tenant=tenant,
        account=account,
        result=result,
        outages=[row] if down or lasts else [],
        exclusions=(),
        unmeasured=(),
        amount=None,
        credit=credit_of(result.tier, date(2026, 4, 30), None, None),
        row=None,
        watched_since=0,
        outside=False,
        stamped="",
        terms=TERMS,
        commitment=COMMITMENT,
    )


def listed(months: list[TenantMonth]) -> list[str]:
    """The order of `sla list`."""
    return [
        line.tenant
        for line in build_month_table(months, MONTH, NOW, (), INTACT_RECORD.problems).tenants
    ]


def drawn(months: list[TenantMonth]) -> list[str]:
    """The order of the SLA screen, from the figures that `nocd` keeps."""
    lines = [
        line_of(Outline(one.tenant.id, "", None, None), one.figure(), None, COMMITMENT, NOW)
        for one in months
    ]
    return [line.id for line in sorted(lines, key=lambda line: line.rank)]


MONTHS = [
    month_of("full-month", 0, 1600),
    month_of("begun-late", 15, 400),
    month_of("out-now", 0, 60, lasts=True),
    month_of("untouched", 0, 0),
    month_of("not-begun", 31, 0),
]


def test_the_least_time_left_comes_first_whatever_its_share_and_no_contract_last() -> None:
    begun_late, full_month = MONTHS[1].result, MONTHS[0].result
    assert begun_late.budget_left < full_month.budget_left
    assert begun_late.budget_left / 1_339 > full_month.budget_left / 2_674
    order = ["out-now", "begun-late", "full-month", "untouched", "not-begun"]
    assert listed(MONTHS) == order


@given(
    st.lists(
        st.tuples(st.integers(0, 31), st.integers(0, 4000), st.booleans()), min_size=1, max_size=6
    )
)
def test_the_list_and_the_screen_have_one_order(rows: list[tuple[int, int, bool]]) -> None:
    months = [
        month_of(f"t{number}", begun, down, lasts=lasts)
        for number, (begun, down, lasts) in enumerate(rows)
    ]
    assert drawn(months) == listed(months)


@pytest.mark.anyio
async def test_status_overview_and_handover_read_the_same_order(tmp_path: Path) -> None:
    writer = await Writer.open(tmp_path / "noc.db", clock_now=lambda: instant(NOW))
    async with writer.change(itself()) as change:
        await put_month_figures(change, str(MONTH), [one.figure() for one in MONTHS], itself())
    places = await read_credit_order(writer, NOW, TermsBook(TERMS))
    await writer.close()
    assert sorted(places, key=places.__getitem__) == listed(MONTHS)
