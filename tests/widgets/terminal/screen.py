"""A small terminal: what a screen shows after bytes, by another hand than the product's picture.

It knows what Textual and the delta encoder write, and raises on anything else, so that a test
cannot pass on bytes that nobody understood.
"""

import re
from dataclasses import dataclass, field, replace

from rich.cells import get_character_cell_size

TOKEN = re.compile(
    r"\x1b\[([?<>=]?)([0-9;]*)([A-Za-z])|\x1b\](.*?)(?:\x07|\x1b\\)|([\r\n\x07])|(.)"
)


@dataclass(frozen=True)
class Pen:
    """Colours, flags and link."""

    fore: tuple[int, ...] = ()
    back: tuple[int, ...] = ()
    flags: frozenset[int] = frozenset()
    link: str = ""

    def seen_on(self, char: str) -> "Pen":
        """What of it can be seen: a blank shows no foreground but under a line or reversed."""
        if char != " ":
            return self
        flags = self.flags & {4, 5, 7, 9, 21, 51, 52, 53}
        return replace(self, flags=flags, fore=self.fore if flags else ())


Cell = tuple[str, Pen]


@dataclass
class Screen:
    """`rows` × `cols` cells; feed it text, read `lines()` or `picture()`."""

    rows: int
    cols: int
    pen: Pen = Pen()
    y: int = 0
    x: int = 0
    cells: list[list[Cell]] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cells = [[(" ", Pen())] * self.cols for _ in range(self.rows)]
        self.top, self.bottom = 0, self.rows - 1

    def lines(self) -> list[str]:
        """The text of each line."""
        return ["".join(char for char, _ in line).rstrip() for line in self.cells]

    def picture(self) -> list[list[Cell]]:
        """Every cell as an eye sees it."""
        return [[(char, pen.seen_on(char)) for char, pen in line] for line in self.cells]

    def feed(self, text: str) -> None:
        """Take what a program wrote."""
        position = 0
        while position < len(text):
            match = TOKEN.match(text, position)
            assert match, f"not understood: {text[position : position + 20]!r}"
            position = match.end()
            private, numbers, final, command, control, char = match.groups()
            if final:
                self._sequence(private, numbers, final)
            elif command is not None:
                self._command(command)
            elif control:
                self._control(control)
            else:
                assert char.isprintable() or char == "\xa0", repr(char)
                self._print(char)

    def _command(self, command: str) -> None:
        if command.startswith("8;"):
            link = command[2:]
            self.pen = replace(self.pen, link=link if link.partition(";")[2] else "")

    def _control(self, control: str) -> None:
        if control in "\r\n":
            self.x = 0
        if control == "\n":
            if self.y == self.bottom:
                self._scroll(1)
            else:
                self.y += 1

    def _print(self, char: str) -> None:
        width = get_character_cell_size(char)
        assert width, "a mark of no width"
        assert self.x + width <= self.cols, "written over the edge"
        line = self.cells[self.y]
        for at in (self.x, self.x + width):
            if 0 < at < self.cols and line[at][0] == "":
                line[at - 1] = (" ", line[at - 1][1])
                line[at] = (" ", line[at][1])
        line[self.x] = (char, self.pen)
        if width == 2:
            line[self.x + 1] = ("", self.pen)
        self.x += width

    def _scroll(self, lines: int) -> None:
        blank = (" ", Pen(back=self.pen.back))
        for _ in range(abs(lines)):
            out, at = (self.top, self.bottom) if lines > 0 else (self.bottom, self.top)
            del self.cells[out]
            self.cells.insert(at, [blank] * self.cols)

    def _sequence(self, private: str, numbers: str, final: str) -> None:
        if private:
            self.modes.append(f"{private}{numbers}{final}")
            return
        values = [int(part or 0) for part in numbers.split(";")] if numbers else []
        if final == "m":
            self._attributes(values or [0])
        elif final == "r":
            self.top = (values[0] if values else 1) - 1
            self.bottom = (values[1] if len(values) > 1 else self.rows) - 1
            self.y = self.x = 0
        elif final in "ST":
            lines = values[0] if values else 1
            self._scroll(lines if final == "S" else -lines)
        else:
            self._move(final, max(1, values[0]) if values else 1, values[1:])

    def _move(self, final: str, first: int, rest: list[int]) -> None:
        if final == "H":
            self.y = min(first, self.rows) - 1
            self.x = min(max(1, rest[0]) if rest else 1, self.cols) - 1
        elif final == "G":
            self.x = min(first, self.cols) - 1
        elif final == "E":
            self.y, self.x = min(self.y + first, self.rows - 1), 0
        else:
            assert final in "BC", f"not understood: CSI {final}"
            assert self.x < self.cols, "a relative move from an undefined place"
            if final == "C":
                self.x = min(self.x + first, self.cols - 1)
            else:
                self.y = min(self.y + first, self.rows - 1)

    def _attributes(self, values: list[int]) -> None:
        pen = self.pen
        while values:
            value = values.pop(0)
            if value in (38, 48):
                size = 2 if values[0] == 5 else 4
                colour = tuple(values[:size])
                del values[:size]
                pen = replace(pen, fore=colour) if value == 38 else replace(pen, back=colour)
            elif value == 0:
                pen = Pen(link=pen.link)
            elif value in (22, 24, 25):
                pen = replace(pen, flags=pen.flags - {22: {1, 2}, 24: {4, 21}, 25: {5, 6}}[value])
            elif value in (23, 27, 28, 29):
                pen = replace(pen, flags=pen.flags - {value - 20})
            elif value in (39, 49):
                pen = replace(pen, fore=()) if value == 39 else replace(pen, back=())
            elif value < 10 or value in (21, 51, 52, 53):
                pen = replace(pen, flags=pen.flags | {value})
            elif 30 <= value < 38 or 90 <= value < 98:
                pen = replace(pen, fore=(value,))
            else:
                assert 40 <= value < 48 or 100 <= value < 108, value
                pen = replace(pen, back=(value,))
        self.pen = pen
