"""The oracle: after Textual's own output and after the encoded one, the screen is the same."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tests.widgets.terminal.screen import Screen
from widgets.terminal.encoder import Encoder
from widgets.terminal.reader import Kind, TerminalReader

ROWS, COLS = 8, 24
CONSOLE = Console(file=io.StringIO(), color_system="truecolor", force_terminal=True)

STYLES = st.sampled_from(
    [
        Style(color="#ff0000", bgcolor="#101010"),
        Style(color="#00ff00", bgcolor="#101010"),
        Style(color="#00ff00", bgcolor="#ff0000", bold=True),
        Style(bgcolor="#101010", dim=True, italic=True),
        Style(color="red", underline=True),
        Style(color="bright_blue", bgcolor="color(100)", reverse=True),
        Style(bold=True, strike=True, link="https://example.fr/a"),
        Style(underline2=True, overline=True),
        Style(),
    ]
)
TEXTS = st.text(st.sampled_from("aab  ─●日本é😀"), min_size=1, max_size=COLS)
LINES = st.lists(st.tuples(TEXTS, STYLES), min_size=1, max_size=5)


class Terminals:
    """Two terminals fed side by side: one plainly, one through the encoder."""

    def __init__(self) -> None:
        self.plain, self.encoded = Screen(ROWS, COLS), Screen(ROWS, COLS)
        self.encoder = Encoder(ROWS, COLS)
        self.sent = 0
        self.raw: list[str] = []
        self.reader = TerminalReader(ROWS, COLS, self._hand_on)

    def _hand_on(self, raw: str, kind: Kind) -> None:
        if kind == "alien":
            self.send()
            at = (self.reader.y, self.reader.x, self.reader.attribute)
            self.encoded.feed(self.encoder.hand_over(*at))
        self.encoded.feed(raw)

    def send(self) -> None:
        text = self.encoder.encode(self.reader.picture, None, sync=True)
        self.sent += len(text.encode())
        self.encoded.feed(text)

    def write(self, data: str) -> None:
        self.plain.feed(data)
        self.reader.feed(data)

    def check(self) -> None:
        assert self.encoded.picture() == self.plain.picture()


def strip(line: list[tuple[str, Style]], width: int) -> Strip:
    """A line of exactly `width` columns."""
    return Strip([Segment(text, style) for text, style in line]).crop_extend(0, width, None)


def update(strips: list[Strip], region: Region) -> str:
    """What Textual would write for a region."""
    return LayoutUpdate([[strip] for strip in strips], region).render_segments(CONSOLE)


def full(lines: list[list[tuple[str, Style]]]) -> str:
    return update([strip(line, COLS) for line in lines], Region(0, 0, COLS, len(lines)))


@st.composite
def frames(draw: st.DrawFn) -> list[str]:
    """Full screens, regions, scrolls: what an app writes frame by frame."""
    lines = draw(st.lists(LINES, min_size=ROWS, max_size=ROWS))
    out = [full(lines)]
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["region", "scroll", "line", "full"]))
        if kind == "region":
            x, y = draw(st.integers(0, COLS - 2)), draw(st.integers(0, ROWS - 1))
            width, height = draw(st.integers(1, COLS - x)), draw(st.integers(1, ROWS - y))
            strips = [strip(draw(LINES), width) for _ in range(height)]
            out.append(update(strips, Region(x, y, width, height)))
            continue
        if kind == "scroll":
            steps = draw(st.integers(-3, 3))
            top, bottom = sorted((draw(st.integers(0, ROWS)), draw(st.integers(0, ROWS))))
            part = lines[top:bottom]
            moved = part[steps:] + part[:steps] if steps else part
            lines = lines[:top] + moved + lines[bottom:]
        elif kind == "line":
            lines = [*lines]
            lines[draw(st.integers(0, ROWS - 1))] = draw(LINES)
        else:
            lines = draw(st.lists(LINES, min_size=ROWS, max_size=ROWS))
        out.append(full(lines))
    return out


@settings(max_examples=120)
@given(frames(), st.data())
def test_the_encoded_screen_is_the_same_after_every_frame(
    script: list[str], data: st.DataObject
) -> None:
    both = Terminals()
    for step, written in enumerate(script):
        both.write(written)
        if step == len(script) - 1 or data.draw(st.booleans()):  # else the frame is left out
            both.send()
            both.check()


@settings(max_examples=40)
@given(frames(), st.sampled_from(["\x1b[3;5r\x1b[S\x1b[r", "\x1b[2T", "\x1b[3Ex", "x\x1b[Sx"]))
def test_what_is_not_understood_passes_and_all_is_drawn_again(
    script: list[str], alien: str
) -> None:
    both = Terminals()
    for written in script[:-1]:
        both.write(written)
    both.write("\x1b[2;3H\x1b[0;31m" + alien + "\x1b[0m")
    both.check()
    both.write(script[0])
    both.send()
    both.check()


def test_an_unchanged_frame_costs_nothing() -> None:
    both = Terminals()
    frame = full([[("some text", Style(color="red"))]] * ROWS)
    both.write(frame)
    both.send()
    before = both.sent
    both.write(frame)
    both.send()
    assert both.sent == before


def test_one_changed_figure_costs_its_place_and_itself() -> None:
    both = Terminals()
    style = Style(color="#aaaaaa", bgcolor="#000000")
    both.write(full([[(f"load {n} percent".ljust(COLS), style)] for n in range(ROWS)]))
    both.send()
    before = both.sent
    both.write(
        full([[(f"load {n if n != 3 else 7} percent".ljust(COLS), style)] for n in range(ROWS)])
    )
    both.send()
    both.check()
    assert both.sent - before <= len("\x1b[4;6H7")


def test_a_scrolled_list_costs_about_one_line() -> None:
    both = Terminals()
    style = Style(color="#aaaaaa", bgcolor="#000000")
    lines = [[(f"guest number {n * 37:04d} here..", style)] for n in range(40)]
    both.write(full([[("HEAD", style)], *lines[0 : ROWS - 1]]))
    both.send()
    before = both.sent
    both.write(full([[("HEAD", style)], *lines[1:ROWS]]))
    both.send()
    both.check()
    assert both.sent - before < 2 * COLS + 40


def test_modes_reach_the_terminal_once_and_in_order() -> None:
    both = Terminals()
    both.write("\x1b[?1000h\x1b[?2004h\x1b[?25l\x07")
    both.write(full([[("x", Style())]]))
    both.send()
    assert both.encoded.modes[:3] == ["?1000h", "?2004h", "?25l"]
    both.check()
