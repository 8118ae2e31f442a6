"""A statement as PDF: letterhead, verdict, calendar, commitment, then what every format has.

The same bytes for the same statement: no clock, no random id, the fonts that ReportLab brings.
Foreign text is escaped before ReportLab reads its markup.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from noc_tui.contract.calendar import PARIS, instant
from noc_tui.contract.instants import parse_instant
from noc_tui.i18n import Language
from noc_tui.letters.letter import LetterSender
from noc_tui.letters.writing import NO_BREAK, THIN, Writing
from noc_tui.statement.calendar_drawing import CALENDAR_HEIGHT, draw_calendar
from noc_tui.statement.document import Statement
from noc_tui.statement.month_calendar import CalendarDay, build_calendar
from noc_tui.statement.page import FactBlock, Grid, Section, page
from noc_tui.statement.verdict import Outcome, write_length, write_verdict
from noc_tui.text import visible
from storage.heads import Head

_REGULAR, _BOLD, _ITALIC = "Vera", "Vera-Bold", "Vera-Italic"
_INK, _FAINT, _RULE = HexColor("#1c2430"), HexColor("#5a6472"), HexColor("#c3c9d1")
_MARGIN = 18 * mm
_FOOT = 24 * mm
_FRAME = 6  # points that ReportLab's own frame keeps free on each side
_WIDTH = A4[0] - 2 * _MARGIN
_TONES: dict[Outcome, Color] = {
    "kept": HexColor("#1d6b3a"),
    "missed": HexColor("#9c1c1c"),
    "not_proven": HexColor("#8a5a00"),
    "unmeasured": HexColor("#8a5a00"),
    "no_base": HexColor("#5a6472"),
    "unverified": HexColor("#9c1c1c"),
}
_INTERVAL_SHARES = (0.155, 0.155, 0.105, 0.105, 0.14, 0.16, 0.09, 0.09)
_EVIDENCE_SHARES = (0.07, 0.19, 0.24, 0.12, 0.38)


@dataclass(frozen=True, slots=True)
class StatementPaper:
    """What is printed: the statement, who signs it, and the first signed head of the evidence log
    that covers every entry it rests on; None while there is none.
    """

    statement: Statement
    sender: LetterSender
    head: Head | None


def print_pdf(paper: StatementPaper, language: Language) -> bytes:
    """Return the PDF, in that language."""
    _use_fonts()
    buffer = io.BytesIO()
    text = _PaperText(paper, Writing(language))
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=_MARGIN - _FRAME,
        rightMargin=_MARGIN - _FRAME,
        topMargin=16 * mm,
        bottomMargin=_FOOT,
        title=text.title,
        author=visible(paper.sender.legal_name or paper.statement.hoster),
        subject=visible(paper.statement.tenant),
        keywords=f"sha256:{paper.statement.digest}",
        creator="noc-tui",
        lang=language,
        invariant=1,
    )
    foot = text.foot_lines()
    pages = _count_pages(text, language)
    draw = _footer(foot, text.page_label, pages)
    document.build(list(text.flowables()), onFirstPage=draw, onLaterPages=draw)
    return buffer.getvalue()


def _count_pages(text: "_PaperText", language: Language) -> int:
    """How many pages it takes: laid out once before, since each page says how many there are."""
    trial = SimpleDocTemplate(
        io.BytesIO(),
        pagesize=A4,
        leftMargin=_MARGIN - _FRAME,
        rightMargin=_MARGIN - _FRAME,
        topMargin=16 * mm,
        bottomMargin=_FOOT,
        lang=language,
        invariant=1,
    )
    trial.build(list(text.flowables()))
    return int(trial.page)


def _footer(
    lines: Sequence[str], label: Callable[[int, int], str], pages: int
) -> Callable[[Any, Any], None]:
    def draw(canvas: Any, document: Any) -> None:
        canvas.saveState()
        canvas.setStrokeColor(_RULE)
        canvas.line(_MARGIN, _FOOT - 4 * mm, A4[0] - _MARGIN, _FOOT - 4 * mm)
        canvas.setFillColor(_FAINT)
        canvas.setFont(_REGULAR, 6)
        for number, line in enumerate(lines):
            canvas.drawString(_MARGIN, _FOOT - 8 * mm - number * 3 * mm, line)
        canvas.setFont(_REGULAR, 7)
        canvas.drawRightString(A4[0] - _MARGIN, _FOOT - 8 * mm, label(document.page, pages))
        canvas.restoreState()

    return draw


@dataclass(frozen=True, slots=True)
class _PaperText:
    paper: StatementPaper
    writing: Writing

    @property
    def statement(self) -> Statement:
        return self.paper.statement

    @property
    def month(self) -> str:
        return self.writing.month(date.fromisoformat(f"{self.statement.month}-01"))

    @property
    def title(self) -> str:
        _ = self.writing.translate
        return _("Availability statement, {month}").format(month=self.month)

    def page_label(self, number: int, pages: int) -> str:
        _ = self.writing.translate
        return _("Page {number} of {pages}").format(number=number, pages=pages)

    def foot_lines(self) -> list[str]:
        """What names and proves the paper, on each page."""
        _, field = self.writing.translate, self.writing.field
        name = f"{self.title} · {visible(self.statement.name)} ({self.statement.tenant})"
        return [
            _printable(name),
            _printable(field(_("SHA-256 of the statement"), self.statement.digest)),
            *(_printable(line) for line in self._head_lines()),
        ]

    def _head_lines(self) -> Iterator[str]:
        _, head = self.writing.translate, self.paper.head
        if head is None:
            yield _("No signed head of the evidence log covers this statement yet.")
            return
        text = _("Signed head of the evidence log at entry {count}, {time}, key {key}")
        time = self.write_time(head.at)
        yield text.format(count=head.count, time=time, key=head.key_id[:16])
        yield self.writing.field(_("Hash of the head"), head.hash)

    def flowables(self) -> Iterator[Flowable]:
        """The paper from top to bottom; made anew for each layout, which uses them up."""
        yield self._letterhead()
        yield Spacer(0, 7 * mm)
        yield _paragraph(self.title, _style(15, bold=True, leading=19))
        yield _paragraph(self._subtitle(), _style(8.5, color=_FAINT))
        yield Spacer(0, 4 * mm)
        yield self._verdict()
        yield Spacer(0, 5 * mm)
        yield KeepTogether([*self._calendar()])
        yield KeepTogether([*self._commitment()])
        printed = page(
            self.statement,
            self.writing.language,
            self.writing.translate,
            write_time=self.write_time,
        )
        for section in printed.sections:
            yield from self._section(section)

    def _letterhead(self) -> Flowable:
        _, sender = self.writing.translate, self.paper.sender
        name = sender.legal_name or sender.name or self.statement.hoster
        legal = " ".join(part for part in (name, sender.legal_form) if part)
        own = [
            _paragraph(visible(legal), _style(11, bold=True)),
            *(
                _paragraph(visible(line), _style(7.5, color=_FAINT))
                for line in (sender.address, sender.registration, sender.contact, sender.phone)
                if line
            ),
        ]
        theirs = [
            _paragraph(_("To the attention of"), _style(7.5, color=_FAINT)),
            _paragraph(visible(self.statement.name), _style(11, bold=True)),
            _paragraph(
                self.writing.field(_("Tenant"), visible(self.statement.tenant)),
                _style(7.5, color=_FAINT),
            ),
        ]
        table = Table([[own, theirs]], colWidths=[_WIDTH * 0.58, _WIDTH * 0.42])
        table.setStyle(
            TableStyle(
                [
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("LEFTPADDING", (0, 0), (0, 0), 0),
                    ("LINEBELOW", (0, 0), (-1, -1), 0.8, _INK),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
                ]
            )
        )
        return table

    def _subtitle(self) -> str:
        _ = self.writing.translate
        kind = _("Final statement") if self.statement.final else _("Provisional statement")
        if self.statement.final and self.statement.reopened is not None:
            kind = _("Corrected statement")
        until = _("figures up to {time}").format(time=self.write_time(self.statement.until))
        return f"{kind} · {until} · {_('article 10 of the specific terms of sale')}"

    def _verdict(self) -> Flowable:
        verdict = write_verdict(self.statement, self.writing.language)
        tone = _TONES[verdict.outcome]
        first, *others = verdict.sentences
        cell = [_paragraph(first, _style(10.5, bold=True, color=tone, leading=14))]
        if others:
            cell.append(_paragraph(" ".join(others), _style(9.5, leading=13)))
        box = Table([[cell]], colWidths=[_WIDTH])
        box.setStyle(
            TableStyle(
                [
                    ("LINEBEFORE", (0, 0), (0, -1), 4, tone),
                    ("BACKGROUND", (0, 0), (-1, -1), HexColor("#f5f6f8")),
                    ("LEFTPADDING", (0, 0), (-1, -1), 10),
                    ("TOPPADDING", (0, 0), (-1, -1), 7),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
                ]
            )
        )
        return box

    def _calendar(self) -> Iterator[Flowable]:
        _ = self.writing.translate
        days = build_calendar(self.statement)
        yield self._heading(_("The month, day by day"))
        yield _Calendar(days, self._letters())
        yield Spacer(0, 1.5 * mm)
        yield _paragraph(self._legend(days), _style(7.5, color=_FAINT, leading=11))

    def _letters(self) -> tuple[str, str, str]:
        """The letters under a day: downtime that counts, that is excluded, unmeasured time."""
        return ("I", "E", "N") if self.writing.language == "fr" else ("D", "E", "U")

    def _legend(self, days: Sequence[CalendarDay]) -> str:
        """What the letters mean, with the sums; outage days in words for who sees no picture."""
        _, down, excluded, unseen = (self.writing.translate, *self._letters())
        parts = [
            _("{letter} downtime that counts: {length}").format(
                letter=down, length=self._length(sum(day.counted for day in days))
            ),
            _("{letter} downtime excluded: {length}").format(
                letter=excluded, length=self._length(sum(day.excluded for day in days))
            ),
            _("{letter} not measured: {length}").format(
                letter=unseen, length=self._length(sum(day.unmeasured for day in days))
            ),
            _("a dash: outside the contract, or still to come"),
        ]
        return " · ".join(parts)

    def _length(self, microseconds: int) -> str:
        return write_length(str(microseconds // 1_000_000), self.writing.language)

    def _commitment(self) -> Iterator[Flowable]:
        _, writing = self.writing.translate, self.writing
        yield self._heading(_("Commitment (article 10)"))
        rows = [[_("Availability of the month"), _("Service credit, on request")]]
        above = ""
        for one in self.statement.commitment:
            rate = writing.percent(one.below_percent)
            if not above:
                rows.append([_("{rate} and above").format(rate=rate), _("none")])
            below = _("below {rate}").format(rate=rate)
            credit = _("{tier} of the month's amount excluding tax").format(
                tier=writing.percent(str(one.credit_percent))
            )
            rows.append([below, credit])
            above = rate
        yield _grid(Grid(rows[0], rows[1:]), [_WIDTH * 0.4, _WIDTH * 0.6], 8)

    def _section(self, section: Section) -> Iterator[Flowable]:
        heading: list[Flowable] = [self._heading(section.title)]
        for part in section.parts:
            flowable = self._part(part)
            if heading and not isinstance(flowable, LongTable):
                yield KeepTogether([*heading, flowable])
            else:
                yield from (*heading, flowable)
            heading = []

    def _part(self, part: str | FactBlock | Grid) -> Flowable:
        if isinstance(part, FactBlock):
            return _facts(part)
        if isinstance(part, Grid):
            shares = _INTERVAL_SHARES if len(part.header) == 8 else _EVIDENCE_SHARES
            return _grid(part, [_WIDTH * share for share in shares], 6.3)
        return _paragraph(part, _style(8.5, leading=12, before=3, after=3))

    def _heading(self, text: str) -> Flowable:
        return _paragraph(text, _style(10.5, bold=True, before=10, after=4, keep=True))

    def write_time(self, text: str) -> str:
        """An instant in Paris as a table has it: `09/10/2026 02:00:00 (UTC+2)`."""
        local = instant(parse_instant(text)).astimezone(PARIS)
        day = f"{local:%d/%m/%Y}" if self.writing.language == "fr" else f"{local:%Y-%m-%d}"
        part = f".{local:%f}".rstrip("0") if local.microsecond else ""
        offset = local.utcoffset()
        hours = 0 if offset is None else offset.total_seconds() / 3600
        return f"{day} {local:%H:%M:%S}{part} (UTC{hours:+g})"


class _Calendar(Flowable):  # type: ignore[misc] # ReportLab ships no types
    """The strip of days, as wide as the text."""

    def __init__(self, days: Sequence[CalendarDay], letters: tuple[str, str, str]) -> None:
        super().__init__()
        self.days, self.letters = days, letters
        self.width, self.height = _WIDTH, CALENDAR_HEIGHT

    def draw(self) -> None:
        draw_calendar(self.canv, self.days, self.letters, self.width)


def _facts(block: FactBlock) -> Flowable:
    name, value = _style(8, color=_FAINT), _style(8, bold=True)
    rows = [[_paragraph(one, name), _paragraph(two, value)] for one, two in block.rows]
    table = LongTable(rows, colWidths=[_WIDTH * 0.42, _WIDTH * 0.58], splitInRow=1)
    table.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.3, _RULE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def _grid(grid: Grid, widths: Sequence[float], size: float) -> Flowable:
    head, body = _style(size, bold=True, color=white), _style(size)
    rows = [
        [_paragraph(cell, head) for cell in grid.header],
        *([_paragraph(cell, body) for cell in row] for row in grid.rows),
    ]
    table = LongTable(rows, colWidths=list(widths), repeatRows=1, splitInRow=1)
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), _INK),
                ("GRID", (0, 0), (-1, -1), 0.3, _RULE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(_printable(text)), style)


def _printable(text: str) -> str:
    """The text in characters that the fonts have: they know one no-break space and one hyphen."""
    return text.replace(THIN, NO_BREAK).replace("\u2011", "-")


@cache
def _style(
    size: float,
    *,
    bold: bool = False,
    color: Color = _INK,
    leading: float = 0,
    before: float = 0,
    after: float = 0,
    keep: bool = False,
) -> ParagraphStyle:
    return ParagraphStyle(
        "text",
        fontName=_BOLD if bold else _REGULAR,
        fontSize=size,
        leading=leading or size * 1.3,
        textColor=color,
        spaceBefore=before,
        spaceAfter=after,
        keepWithNext=keep,
        splitLongWords=1,
    )


@cache
def _use_fonts() -> None:
    """Register the fonts that ReportLab brings, once a process."""
    for name, file in ((_REGULAR, "Vera.ttf"), (_BOLD, "VeraBd.ttf"), (_ITALIC, "VeraIt.ttf")):
        registerFont(TTFont(name, file))
    registerFontFamily(_REGULAR, normal=_REGULAR, bold=_BOLD, italic=_ITALIC, boldItalic=_BOLD)
