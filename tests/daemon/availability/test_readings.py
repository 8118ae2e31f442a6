"""Two readings of a month's base that lead to two tiers: list, statement, screen and alerts agree
on which is credited (R11).
"""

import msgspec
import pytest

from noc_tui import i18n
from noc_tui.alerts.checks import tipping
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.commands.sla_list import lines
from noc_tui.console.screens.sla.tables import line_of
from noc_tui.contract.availability import Commitment
from noc_tui.contract.calendar import Month
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.availability import decisions
from noc_tui.daemon.availability.month_figures import refresh_figures_since
from noc_tui.daemon.core.identity import itself
from noc_tui.queries.month_facts import outlines
from noc_tui.queries.month_table import read_month_table
from noc_tui.queries.record_check import INTACT_RECORD
from noc_tui.statement.build_statement import statement
from storage.database import Writer
from storage.months import FIGURES
from storage.outages import OUTAGES
from storage.register import replace_register
from tests.statement.test_statement import FRAME, MARCH, OMAR, month_with_an_outage, read, written
from tests.support.changes import recorded
from tests.support.played_estate import REGISTER, Estate, tenant

pytestmark = pytest.mark.anyio

SECOND = 1_000_000
BOOK = load_shipped_book()


@pytest.mark.parametrize(("negotiated", "tier"), [(None, 10), (True, 0)])
async def test_a_doubt_is_read_for_the_client_or_as_it_was_negotiated(
    estate: Estate, writer: Writer, negotiated: bool | None, tier: int
) -> None:
    """2 670 s count: 0.0998 % of March, and 0.1000 % of March without its 5 930 s excluded."""
    zeta = msgspec.structs.replace(tenant("zeta"), negotiated=negotiated)
    async with recorded(writer) as change:
        changed = msgspec.structs.replace(REGISTER, tenants=[tenant("acme"), zeta])
        await replace_register(change, changed)
    await month_with_an_outage(estate)
    (outage,) = await OUTAGES.read(writer)
    span = (outage.start + 2670 * SECOND, outage.start + 8600 * SECOND)
    async with writer.change(itself()) as change:
        await decisions.exclude(change, OMAR, "zeta", span, "attack", "as the client reads")
        await refresh_figures_since(change, {"zeta": span[0]}, estate.context)

    stated = await read(writer)
    cut = stated.cut_from_base
    assert cut is not None
    assert (stated.contractual.down_seconds, stated.credit.tier) == ("2670", tier)
    assert (cut.contractual_tier, cut.tier, cut.differs) == (0, 10, True)
    assert (stated.contractual.percent, cut.percent) == ("99.9001", "99.8999")
    french, _page, english, *_ = written(stated)
    assert ("The second is credited" in english) is (negotiated is None)
    assert "en faveur du client" in french if tier else "en faveur de l’hébergeur" in french

    table = await read_month_table(writer, MARCH, BOOK, INTACT_RECORD)
    (line,) = [one for one in table.tenants if one.tenant == "zeta"]
    assert (line.tier, line.amount, line.cut_from_base) == (tier, stated.credit.amount, cut)
    assert any("C. civ. 1190" in text for text in lines(table))

    (figure,) = [one for one in await FIGURES.read(writer)
                 if (one.tenant, one.month) == ("zeta", "2026-03")]  # fmt: skip
    (outline,) = [one for one in await outlines(writer, MARCH) if one.id == "zeta"]
    commitment = Commitment.of(BOOK.default.availability)
    now = MARCH.span.end
    with i18n.speak_language("fr"):
        shown = line_of(outline, figure, None, commitment, now)
    assert (shown.tier, shown.state.value) == (tier, stated.credit.state)
    assert "crédit 0\xa0%" in shown.readings
    assert "crédit 10\xa0%" in shown.readings
    assert (shown.budget == 0) is (tier == 10)
    (alert,) = tipping.violations(
        AlertInputs(now=estate.clock.now(), terms=estate.context.terms, figures=[figure])
    )
    assert alert.words[1] == ("percent=100" if tier else "percent=99")


async def test_a_month_that_nobody_measured_has_no_rate_by_either_reading(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    await estate.sleep(30_000)
    estate.restart()
    await estate.poll()
    async with writer.snapshot() as view:
        found = await statement(view, "zeta", Month(2026, 4), FRAME, INTACT_RECORD)
    assert found is not None
    assert found.cut_from_base is not None
    assert (found.coverage_percent, found.contractual.percent) == ("0.0000", None)
    assert found.cut_from_base.percent is None
