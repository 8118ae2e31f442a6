"""The PDF of a month: what a client reads, the same bytes until an entry changes it."""

import io
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from noc_tui.contract.attribution import Party
from noc_tui.contract.calendar import day_end, day_start
from noc_tui.contract.instants import format_instant, format_seconds
from noc_tui.contract.spans import Span, cut_spans, minus, total
from noc_tui.daemon.availability import decisions
from noc_tui.daemon.core.identity import itself
from noc_tui.letters.letter import LetterSender
from noc_tui.statement.build_statement import read_covering_head
from noc_tui.statement.document import CreditPart, StatedThreshold, Statement
from noc_tui.statement.month_calendar import build_calendar
from noc_tui.statement.pdf import StatementPaper, print_pdf
from noc_tui.statement.verdict import judge, write_length, write_verdict
from noc_tui.threads import in_thread
from noc_tui.views.month_intervals import Interval
from noc_tui.views.month_row import StatedFigure
from storage.database import Writer
from storage.heads import Head, SigningKey, sign_head, use_key
from storage.outages import OUTAGES
from tests.statement.test_statement import MARCH, OMAR, month_with_an_outage, read
from tests.support.played_estate import Estate

pytestmark = pytest.mark.anyio

SENDER = LetterSender(
    name="Hébergeur", legal_name="Hébergeur Exemple", legal_form="SAS", contact="noc@example.fr"
)
HEAD = Head(41, "ab" * 32, "cafe" * 16, "2026-04-01T00:10:00Z", "AA==")


def words(paper: StatementPaper, language: str = "fr") -> str:
    """What a reader sees, its lines joined."""
    raw = print_pdf(paper, "fr" if language == "fr" else "en")
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages]
    return " ".join("\n".join(pages).split())


async def test_a_client_reads_verdict_amount_and_deadline(estate: Estate, writer: Writer) -> None:
    await month_with_an_outage(estate)
    paper = StatementPaper(await read(writer), SENDER, HEAD)
    french, english = words(paper), words(paper, "en")
    assert "L’engagement de 99,9 % n’a pas été tenu en mars 2026." in french
    assert "D’après nos mesures, la disponibilité a été de 99,8654 %, avec 1 h" in french
    assert "Un crédit de service de 10 % du montant mensuel, soit 125,00 € hors taxes" in french
    assert "au plus tard le jeudi 30 avril 2026 inclus" in french
    assert "Hébergeur Exemple SAS" in french
    assert "I indisponibilité comptée : 1 h" in french
    assert "01/03/2026 00:25:00 (UTC+1)" in french
    assert "moins de 99 %" in french
    assert "The commitment of 99.9% was not kept in March 2026." in english
    assert "125.00 excluding tax" in english
    for text in (french, english):
        assert paper.statement.digest in text
        assert HEAD.hash in text
    assert "Page 1 sur " in french


async def test_the_bytes_are_the_same_in_any_process(
    estate: Estate, writer: Writer, tmp_path: Path
) -> None:
    await month_with_an_outage(estate)
    paper = StatementPaper(await read(writer), SENDER, HEAD)
    kept = tmp_path / "statement.json"
    kept.write_bytes(msgspec.json.encode(paper.statement))
    program = (
        "import sys, msgspec, pathlib\n"
        "from noc_tui.statement.document import Statement\n"
        "from noc_tui.statement.pdf import StatementPaper, print_pdf\n"
        "from tests.statement.test_pdf import HEAD, SENDER\n"
        "found = msgspec.json.decode(pathlib.Path(sys.argv[1]).read_bytes(), type=Statement)\n"
        "sys.stdout.buffer.write(print_pdf(StatementPaper(found, SENDER, HEAD), 'fr'))\n"
    )
    command = [sys.executable, "-c", program, str(kept)]
    other = await in_thread(lambda: subprocess.run(command, capture_output=True, check=True))
    assert other.stdout == print_pdf(paper, "fr")


async def test_a_later_entry_about_others_changes_nothing_and_its_own_does(
    estate: Estate, writer: Writer
) -> None:
    key = SigningKey.generate()
    await month_with_an_outage(estate)
    async with writer.change(itself()) as change:
        await use_key(change, key)
        first = await sign_head(change, key)
    before = await printed(writer)
    await estate.poll(5)
    async with writer.change(itself()) as change:
        await change.record("note", ["tenant:acme"], {})
        await sign_head(change, key)
    assert await printed(writer) == before
    assert first.hash in before[1]
    (outage,) = await OUTAGES.read(writer)
    async with writer.change(itself()) as change:
        await decisions.attribute(change, OMAR, outage.id, Party.CLIENT, "stopped by zeta", [])
    assert "Aucune tête signée" in (await printed(writer))[1]


async def printed(writer: Writer) -> tuple[bytes, str]:
    found = await read(writer)
    async with writer.snapshot() as view:
        paper = StatementPaper(found, SENDER, await read_covering_head(view, found))
    return print_pdf(paper, "fr"), words(paper)


async def test_foreign_text_is_text(estate: Estate, writer: Writer) -> None:
    await month_with_an_outage(estate)
    (outage,) = await OUTAGES.read(writer)
    reason = (
        "<b>bold</b> & <img src='file:///etc/passwd'/> </para> \x1b[31m\u202e 漢字 " + "x" * 9000
    )
    async with writer.change(itself()) as change:
        await decisions.attribute(change, OMAR, outage.id, Party.CLIENT, reason, [])
    paper = StatementPaper(
        msgspec.structs.replace(await read(writer), name="<a href='x'>Zeta</a> &amp;"), SENDER, None
    )
    text = words(paper)
    assert "<a href='x'>Zeta</a> &amp;" in text
    assert "</para>" in text.replace(" ", "")
    assert "\x1b" not in text


BASE = MARCH.span


def made(
    outages: list[Span], exclusions: list[Span], unmeasured: list[Span], until: int = BASE.end
) -> Statement:
    """A statement of March of these spans alone."""
    figure = StatedFigure("0", "100.0000")
    return Statement(
        verified=True,
        problems=(),
        tenant="zeta",
        name="Zeta",
        month=str(MARCH),
        final=True,
        until=format_instant(until),
        hoster="Hébergeur",
        terms="1",
        terms_from="2026-01-01",
        month_terms="1",
        vantage="inside",
        base_from=format_instant(BASE.start),
        base_until=format_instant(BASE.end),
        base_seconds=format_seconds(BASE.length),
        unmeasured_seconds="0",
        coverage_percent="100.0000",
        raw=figure,
        contractual=figure,
        worst=figure,
        worst_tier=0,
        straddles=False,
        budget_left_seconds="0",
        credit=CreditPart(
            tier=0,
            monthly_amount="1000.00",
            amount="0.00",
            deadline="2026-04-30",
            state="not_due",
            sent=None,
            received=None,
            channel="",
            reference="",
            granted=None,
            refused="",
            terms="",
        ),
        intervals=tuple(
            Interval(
                kind=kind,
                start=format_instant(span.start),
                end=format_instant(span.end),
                seconds="1",
                not_before=None,
                not_over_before=None,
                source="",
                cause="",
                basis=None,
                article=None,
                reason="",
                decided_by="",
                contestable=False,
                entries=(),
            )
            for kind, spans in (
                ("outage", outages),
                ("exclusion", exclusions),
                ("unmeasured", unmeasured),
            )
            for span in spans
        ),
        entries=(),
        commitment=(StatedThreshold("99.9", 10), StatedThreshold("99", 25)),
        digest="00",
    )


ANY_SPANS = st.lists(
    st.builds(
        lambda start, length: Span(start, start + length),
        st.integers(BASE.start - 10**11, BASE.end),
        st.integers(1, 3 * 10**11),
    ),
    max_size=6,
)


@settings(max_examples=60)
@given(outages=ANY_SPANS, exclusions=ANY_SPANS, unmeasured=ANY_SPANS)
def test_the_days_add_up_to_the_month(
    outages: list[Span], exclusions: list[Span], unmeasured: list[Span]
) -> None:
    days = build_calendar(made(outages, exclusions, unmeasured))
    down = cut_spans(outages, BASE)
    assert len(days) == 31
    assert sum(day.length for day in days) == BASE.length
    assert sum(day.counted for day in days) == total(minus(down, exclusions))
    assert sum(day.counted + day.excluded for day in days) == total(down)
    unseen = total(minus(cut_spans(unmeasured, BASE), down))
    assert sum(day.unmeasured for day in days) == unseen
    for day in days:
        assert day.counted + day.excluded + day.unmeasured <= day.elapsed == day.length
        assert day.length == day_end(day.day) - day_start(day.day)


def test_days_to_come_are_not_measured_ones() -> None:
    noon = day_start(MARCH.first_day) + 43_200 * 10**6
    days = build_calendar(made([], [], [], until=noon))
    assert (days[0].elapsed, days[1].elapsed) == (43_200 * 10**6, 0)


CREDIT = made([], [], []).credit


def stated(**changes: object) -> Statement:
    return msgspec.structs.replace(made([], [], []), **changes)


def owed(state: str, **changes: object) -> Statement:
    credit = msgspec.structs.replace(CREDIT, tier=10, amount="100.00", state=state, **changes)
    return stated(credit=credit, worst_tier=10)


@pytest.mark.parametrize(
    ("statement", "outcome", "says"),
    [
        (stated(), "kept", "Aucun crédit n’est dû."),
        (stated(worst_tier=25), "not_proven", "Ce résultat n’est pas prouvé"),
        (stated(coverage_percent="0.0000", worst_tier=25), "unmeasured", "n’a pas été mesurée"),
        (stated(base_seconds="0", coverage_percent=None), "no_base", "pas sous contrat"),
        (stated(verified=False), "unverified", "ne concordent pas"),
        (stated(final=False), "kept", "le mois n’est pas terminé"),
        (owed("claimable"), "missed", "au plus tard le jeudi 30 avril 2026 inclus"),
        (owed("claimed"), "missed", "en cours d’examen"),
        (owed("lapsed"), "missed", "après le jeudi 30 avril 2026"),
        (owed("refused"), "missed", "refusée"),
        (owed("granted", granted="100.00"), "missed", "100,00\u00a0€ a été accordé"),
    ],
)
def test_a_verdict_says_no_more_than_the_figures(
    statement: Statement, outcome: str, says: str
) -> None:
    verdict = write_verdict(statement, "fr")
    assert judge(statement) == verdict.outcome == outcome
    assert says in verdict.text
    rates = ("Sans exclusion, elle a été de", "du temps a été mesuré", "elle serait de")
    assert all(one in verdict.text for one in rates) == (
        outcome in ("kept", "not_proven", "missed")
    )


def test_lengths_are_written_in_their_units() -> None:
    assert write_length("0", "fr") == "0\u00a0s"
    assert write_length("3725.9", "fr") == "1\u00a0h 2\u00a0min 5\u00a0s"
    assert write_length("90000", "fr") == "1\u00a0j 1\u00a0h"
    assert write_length("90000", "en") == "1\u00a0d 1\u00a0h"
