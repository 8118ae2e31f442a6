"""The statement of a month: worked out on paper, byte for byte the same until an entry changes."""

import difflib
import itertools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from noc_tui import i18n
from noc_tui.contract.attribution import Party
from noc_tui.contract.calendar import Month
from noc_tui.contract.credits import CreditClaimed
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.availability import claims, decisions, incidents
from noc_tui.daemon.core import identity
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import itself
from noc_tui.queries.record_check import INTACT_RECORD
from noc_tui.roles import Caller, Role
from noc_tui.statement.build_statement import StatementFrame, statement
from noc_tui.statement.document import Statement
from noc_tui.statement.html import html
from noc_tui.statement.markdown import markdown
from noc_tui.statement.page import page
from storage.database import Writer
from storage.erasure import erase
from storage.evidence import Actor
from storage.incidents import live
from storage.outages import OUTAGES
from tests.support.played_estate import START, STEP, Estate, guest

pytestmark = pytest.mark.anyio

MARCH = Month(2026, 3)
FRAME = StatementFrame("Hébergeur", load_shipped_book())
OMAR = Caller(1001, "omar", Role.OPERATOR)
ONE_EXCLUSION = Path(__file__).with_name("one_exclusion.diff")
"""How the page may differ in French and English, as Markdown and as HTML; then the document."""
LEA = Caller(1002, "lea", Role.LEAD)


async def read(writer: Writer) -> Statement:
    async with writer.snapshot() as view:
        found = await statement(view, "zeta", MARCH, FRAME, INTACT_RECORD)
    assert found is not None
    return found


def written(found: Statement) -> list[str]:
    texts = [
        write(page(found, language, i18n.translations(language).gettext))
        for language in i18n.LANGUAGES
        for write in (markdown, html)
    ]
    return [*texts, msgspec.json.format(msgspec.json.encode(found)).decode()]


async def month_with_an_outage(estate: Estate) -> None:
    """Twelve polls of zeta down (an hour), a gap of ten, and the first poll of April."""
    await estate.poll(4)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(12)
    estate.put(guest(201, "zeta"))
    await estate.poll(4)
    await estate.sleep(10)
    estate.restart()
    await estate.poll(2)
    left = MARCH.span.end - estate.at(32)
    await estate.clock.advance(left / 1_000_000 + STEP)
    await estate.poll(2)


async def test_the_month_is_what_paper_says(estate: Estate, writer: Writer) -> None:
    await month_with_an_outage(estate)
    found = await read(writer)
    # Polls 5 to 17: 12 × 300 s down. Base of March: 2 674 800 s; 3600/2674800 is over 0.1 %.
    assert found.raw.down_seconds == "3600"
    assert found.contractual.percent == "99.8654"
    assert (found.credit.tier, found.credit.amount) == (10, "125.00")
    assert (found.credit.state, found.credit.deadline) == ("claimable", "2026-04-30")
    # Nobody looked before poll 1, from 20 to 31, and from 32 to the month's end.
    unseen = 300 + 11 * 300 + 2_674_800 - 32 * 300
    assert found.unmeasured_seconds == str(unseen)
    assert found.final
    assert found.worst_tier == 25
    outage = next(one for one in found.intervals if one.kind == "outage")
    assert outage.start == (START + timedelta(seconds=5 * STEP)).isoformat().replace("+00:00", "Z")
    assert outage.seconds == "3600"


async def test_two_statements_are_the_same_bytes_until_an_entry_changes_them(
    estate: Estate, writer: Writer
) -> None:
    await month_with_an_outage(estate)
    before = written(await read(writer))
    await estate.poll(5)
    assert written(await read(writer)) == before
    (outage,) = await OUTAGES.read(writer)
    async with writer.change(itself()) as change:
        span = (outage.start, outage.start + 1800 * 1_000_000)
        row = await decisions.exclude(change, OMAR, "zeta", span, "maintenance", "switch replaced")
    found = await read(writer)
    (added,) = [one for one in found.intervals if one.kind == "exclusion"]
    assert (added.entries, added.decided_by) == ((row.evidence,), "omar")
    differences = [*itertools.starmap(changes, zip(before, written(found), strict=True))]
    assert "\n\n".join(differences) + "\n" == ONE_EXCLUSION.read_text(encoding="utf-8")


def changes(before: str, after: str) -> str:
    """The lines that differ; digests, which hold a salt of their own, by their length alone."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    told = (line for line in lines if not line.startswith(("---", "+++", "@@")))
    return re.sub(r"[0-9a-f]{64}", "#" * 8, "\n".join(told))


async def test_a_withdrawn_exclusion_counts_again_and_stays_on_record(
    estate: Estate, writer: Writer
) -> None:
    await month_with_an_outage(estate)
    (outage,) = await OUTAGES.read(writer)
    async with writer.change(itself()) as change:
        row = await decisions.exclude(
            change, OMAR, "zeta", (outage.start, outage.end), "quota", "disk quota reached"
        )
        await decisions.withdraw(change, OMAR, row.id, "the quota was not the cause")
    found = await read(writer)
    assert found.contractual.down_seconds == "3600"
    assert [one.reason for one in found.intervals if one.kind == "withdrawn"] == [
        "the quota was not the cause"
    ]


async def test_an_attribution_to_the_client_excludes_and_one_anew_counts_again(
    estate: Estate, writer: Writer
) -> None:
    await month_with_an_outage(estate)
    (outage,) = await OUTAGES.read(writer)
    async with writer.change(itself()) as change:
        await decisions.attribute(
            change, OMAR, outage.id, Party.CLIENT, "stopped by zeta@pve", ["UPID"]
        )
    assert (await read(writer)).contractual.down_seconds == "0"
    async with writer.change(itself()) as change:
        await decisions.attribute(change, OMAR, outage.id, Party.HOSTER, "it was the node", [])
    assert (await read(writer)).contractual.down_seconds == "3600"


async def test_an_incident_closes_once_each_outage_has_an_end_and_an_attribution(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(2)
    (incident,) = await live(writer)
    actor = identity.actor(OMAR)
    with pytest.raises(Conflict, match=r"has not ended.*no attribution"):
        async with writer.change(itself()) as change:
            await incidents.move(change, actor, incident, "resolved")
    (outage,) = await OUTAGES.read(writer)
    async with writer.change(itself()) as change:
        await decisions.attribute(change, OMAR, outage.id, Party.CLIENT, "stopped by zeta@pve", [])
    estate.put(guest(201, "zeta"))
    await estate.poll()
    async with writer.change(itself()) as change:
        resolved = await incidents.move(change, actor, incident, "resolved", "done")
    assert (resolved.state, resolved.ended_at) == ("resolved", estate.at(5))
    # The exclusion of an outage that was attributed while it lasted has ended with it.
    assert (await read(writer)).contractual.down_seconds == "0"
    (excluded,) = [one for one in (await read(writer)).intervals if one.kind == "exclusion"]
    assert excluded.end is not None


async def test_a_credit_is_claimed_and_granted_by_what_the_figures_say(
    estate: Estate, writer: Writer
) -> None:
    await month_with_an_outage(estate)
    await estate.clock.advance(2 * 86400)
    sent = int(datetime(2026, 4, 2, 9, tzinfo=UTC).timestamp()) * 1_000_000
    claim = CreditClaimed(sent, sent, "e-mail", "TCK-7")
    async with writer.change(itself()) as change:
        await claims.claim(change, OMAR, "zeta", MARCH, claim, terms=FRAME.terms)
    with pytest.raises(Conflict, match="already"):
        async with writer.change(itself()) as change:
            await claims.claim(change, OMAR, "zeta", MARCH, claim, terms=FRAME.terms)
    async with writer.change(itself()) as change:
        await claims.decide(change, LEA, "zeta", MARCH, grant=True, reason="", terms=FRAME.terms)
    credit = (await read(writer)).credit
    assert (credit.state, credit.granted, credit.reference) == ("granted", "125.00", "TCK-7")


async def test_a_credit_is_not_claimed_on_figures_that_may_change(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(4)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(12)
    at = estate.at(10)
    request = CreditClaimed(at, at, "e-mail", "TCK-7")
    for month in (MARCH, Month(2199, 10)):
        with pytest.raises(Conflict, match=f"{month} is not over"):
            async with writer.change(itself()) as change:
                await claims.claim(change, OMAR, "zeta", month, request, terms=FRAME.terms)


@pytest.mark.parametrize("grant", [True, False])
async def test_a_credit_is_not_decided_on_figures_that_may_change(
    estate: Estate, writer: Writer, grant: bool
) -> None:
    await estate.poll(4)
    with pytest.raises(Conflict, match="2026-03 is not over"):
        async with writer.change(itself()) as change:
            await claims.decide(
                change, LEA, "zeta", MARCH, grant=grant, reason="no", terms=FRAME.terms
            )


async def test_nothing_foreign_is_markup(estate: Estate, writer: Writer) -> None:
    await month_with_an_outage(estate)
    (outage,) = await OUTAGES.read(writer)
    async with writer.change(itself()) as change:
        reason = "<script>x</script> | **b** \x1b[31m\u202e"
        await decisions.attribute(change, OMAR, outage.id, Party.CLIENT, reason, [])
    _, page_html, *_ = written(await read(writer))
    assert "<script>" not in page_html
    for text in written(await read(writer))[:4]:
        assert "\x1b" not in text
        assert "\u202e" not in text


async def test_french_is_written_as_french_is(estate: Estate, writer: Writer) -> None:
    await month_with_an_outage(estate)
    text = written(await read(writer))[0]
    assert "- Disponibilité contractuelle\xa0: **99,8654\xa0% (non prouvé)**" in text
    assert "jeudi 1er janvier 2026" in text


async def test_a_content_that_was_erased_is_said_to_be(estate: Estate, writer: Writer) -> None:
    await month_with_an_outage(estate)
    before = await read(writer)
    seq = next(one.seq for one in before.entries if one.kind == "availability.outage")
    async with writer.change(Actor(1002, "lea")) as change:
        number = await erase(change, [seq], "its time is over", {"under": "C. civ. 2224"})
    found = await read(writer)
    assert found.digest != before.digest
    assert found.contractual == before.contractual
    (entry,) = [one for one in found.entries if one.erased is not None]
    assert entry.erased is not None
    assert (entry.seq, entry.erased.entry, entry.erased.account) == (seq, number, "lea")
    assert entry.erased.under == "C. civ. 2224; its time is over"
    french, french_page, english, english_page, document = written(found)
    for text in (english, english_page):
        assert f"The content of entry {seq} was erased on" in text
        assert "C. civ. 2224" in text
    for text in (french, french_page):
        assert f"Le contenu de l’entrée {seq} a été effacé le" in text
        assert "par lea" in text
    assert '"under": "C. civ. 2224; its time is over"' in document
