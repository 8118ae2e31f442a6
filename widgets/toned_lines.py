"""Lines of text in tones, as tall as they need: what stands in a pane that is no table."""

from collections.abc import Sequence
from typing import ClassVar

import msgspec
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from widgets.cells import clip, guard, width_of
from widgets.tones import tone_styles
from widgets.words import READING, translate
from widgets.wrapping import WORDS

Piece = tuple[str, str]
"""A text and its tone, one of `widgets.tones.TONES`, or empty."""


class TonedLine(msgspec.Struct, frozen=True):
    """Pieces beside each other. What does not fit goes on in the next line, `indent` columns in;
    where `whole` is false it is cut instead, with an ellipsis.
    """

    pieces: tuple[Piece, ...]
    indent: int = 0
    whole: bool = True


def line_of(text: str, tone: str = "", *, indent: int = 0) -> TonedLine:
    """Return a line of one piece."""
    return TonedLine(((text, tone),), indent)


def fact_line(label: str, *pieces: Piece, width: int = 12) -> TonedLine:
    """Return a label in a column of `width`, and what it says."""
    shown = clip(guard(label), width)
    return TonedLine(((shown + " " * (width - width_of(shown)) + " ", "muted"), *pieces), width + 1)


def lay_out(line: TonedLine, width: int) -> list[list[Piece]]:
    """Return the line as lines of at most `width` columns."""
    if not line.whole:
        return [_cut(line.pieces, width)]
    rows: list[list[Piece]] = [[]]
    left = width
    for text, tone in line.pieces:
        for word in map(guard, WORDS.findall(text)):
            size = width_of(word.rstrip()) or width_of(word)
            if size > left and rows[-1]:
                indent = min(line.indent, width // 2)
                rows.append([(" " * indent, "")] if indent else [])
                left = width - indent
            shown = clip(word, left) if size > left else word
            rows[-1].append((shown, tone))
            left -= width_of(shown)
    return rows


def _cut(pieces: Sequence[Piece], width: int) -> list[Piece]:
    row: list[Piece] = []
    left = width
    for text, tone in pieces:
        shown = clip(guard(text), left)
        row.append((shown, tone))
        left -= width_of(shown)
        if left <= 0:
            break
    return row


class TonedLines(Widget):
    """Shows lines; until they were given for the first time it says that it is being read."""

    DEFAULT_CSS: ClassVar[str] = """
    TonedLines { height: auto; width: 1fr; padding: 0 1; }
    """
    ALLOW_SELECT = False

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - the name that every Textual widget gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: tuple[TonedLine, ...] | None = None
        self._laid: tuple[int, list[list[Piece]]] | None = None

    def show(self, lines: Sequence[TonedLine]) -> None:
        """Show these lines from now on; laid out again only where their number differs."""
        given = tuple(lines)
        if given == self._lines:
            return
        before = self._rows(self.content_size.width)
        self._lines, self._laid = given, None
        after = self._rows(self.content_size.width)
        self.refresh(layout=len(before) != len(after))

    def _rows(self, width: int) -> list[list[Piece]]:
        if self._laid is None or self._laid[0] != width:
            given = self._lines
            if given is None:
                given = (line_of(translate(self, READING), "muted"),)
            rows = [row for line in given for row in lay_out(line, max(1, width))]
            self._laid = (width, rows)
        return self._laid[1]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the text takes at that width."""
        return len(self._rows(width))

    def render_line(self, y: int) -> Strip:
        """One line, filled up to the width."""
        width, base = self.content_size.width, self.rich_style
        rows = self._rows(width)
        if y >= len(rows):
            return Strip.blank(width, base)
        styles = tone_styles(self)
        segments = [Segment(text, styles.get(tone, base)) for text, tone in rows[y]]
        used = sum(width_of(text) for text, _tone in rows[y])
        return Strip(segments, used).crop_extend(0, width, base)
