"""The terms in force are stamped on a month and on a claim, and outlive a change of the terms."""

import dataclasses
from fractions import Fraction

import msgspec
import pytest

from noc_tui import i18n
from noc_tui.contract.credits import CreditClaimed
from noc_tui.contract.terms_book import TermsBook, load_shipped_book
from noc_tui.daemon.availability import claims, decisions
from noc_tui.daemon.availability.month_figures import refresh_figures_since
from noc_tui.daemon.core.identity import itself
from noc_tui.queries.record_check import INTACT_RECORD
from noc_tui.statement.build_statement import StatementFrame, statement
from noc_tui.statement.markdown import markdown
from noc_tui.statement.page import page
from storage.database import Writer
from storage.months import FIGURES, stamps
from tests.statement.test_statement import FRAME, MARCH, OMAR, month_with_an_outage
from tests.support.played_estate import Estate

pytestmark = pytest.mark.anyio
SHIPPED = load_shipped_book().default


def changed_terms(estate: Estate) -> None:
    """A daemon that was started anew under other terms: 99.99 %, and 20 % below that."""
    promise = msgspec.structs.replace(
        SHIPPED.availability, commitment=Fraction("0.9999"), credit_below_commitment=20
    )
    terms = msgspec.structs.replace(SHIPPED, version="next", availability=promise)
    estate.context = dataclasses.replace(estate.context, terms=TermsBook(terms))
    estate.restart()


async def test_a_month_that_is_over_keeps_its_terms(estate: Estate, writer: Writer) -> None:
    await month_with_an_outage(estate)
    changed_terms(estate)
    await estate.poll(2)
    async with writer.change(itself()) as change:
        span = (estate.at(5), estate.at(8))
        await decisions.exclude(change, OMAR, "zeta", span, "quota", "disk quota reached")
        await refresh_figures_since(change, {"zeta": span[0]}, estate.context)
    (march,) = [
        row for row in await FIGURES.read(writer) if (row.tenant, row.month) == ("zeta", "2026-03")
    ]
    assert (march.counted, march.terms) == (2700 * 10**6, SHIPPED.version)
    assert set((await stamps(writer, "2026-04")).values()) == {"next"}


async def test_what_is_decided_late_is_worked_out_by_the_terms_of_the_month(
    estate: Estate, writer: Writer
) -> None:
    await month_with_an_outage(estate)
    changed_terms(estate)
    await estate.poll(2)
    frame = StatementFrame(FRAME.hoster, estate.context.terms)
    async with writer.snapshot() as view:
        before = await statement(view, "zeta", MARCH, frame, INTACT_RECORD)
    assert before is not None
    assert (before.credit.tier, before.credit.amount) == (10, "125.00")
    async with writer.change(itself()) as change:
        # 1 800 s are left: 99.93 %, which was enough in March and is not any more.
        span = (estate.at(5), estate.at(11))
        await decisions.exclude(change, OMAR, "zeta", span, "quota", "disk quota reached")
    async with writer.snapshot() as view:
        after = await statement(view, "zeta", MARCH, frame, INTACT_RECORD)
        april = await statement(view, "zeta", MARCH.next, frame, INTACT_RECORD)
    assert after is not None
    assert april is not None
    assert (after.contractual.percent, after.credit.tier) == ("99.9327", 0)
    # A thousandth of what is left of March without the 1 800 s, less the 1 800 s that count.
    assert after.budget_left_seconds == "873"
    assert april.budget_left_seconds == "259.2"


async def test_the_statement_says_so_with_the_terms_of_the_claim(
    estate: Estate, writer: Writer
) -> None:
    await month_with_an_outage(estate)
    changed_terms(estate)
    await estate.poll(2)
    now = estate.context.clock.now()
    at = int(now.timestamp()) * 1_000_000
    async with writer.change(itself()) as change:
        claim = CreditClaimed(at, at, "mail", "R-1")
        await claims.claim(change, OMAR, "zeta", MARCH, claim, terms=estate.context.terms)
    frame = StatementFrame(FRAME.hoster, estate.context.terms)
    async with writer.snapshot() as view:
        found = await statement(view, "zeta", MARCH, frame, INTACT_RECORD)
    assert found is not None
    assert (found.terms, found.month_terms) == ("next", SHIPPED.version)
    assert found.credit.terms == "next"
    text = markdown(page(found, "fr", i18n.translations("fr").gettext))
    assert "Conditions en vigueur ce mois-là" in text
    assert "Conditions en vigueur à la demande" in text
