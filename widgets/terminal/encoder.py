"""The least bytes that turn the picture on a terminal into the one that is wanted.

Runs of changed cells, with short gaps written over where that is cheaper than a move of the
cursor; colours only where they change; lines that moved are moved by the terminal.
"""

from collections.abc import Callable, Iterator

from widgets.terminal import scrolling
from widgets.terminal.attributes import DEFAULT, UNKNOWN, blank, change
from widgets.terminal.picture import Picture, has_disputed_width

SYNC_BEGIN, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


class Encoder:
    """Keeps `shown`: what the terminal has been sent, and where its cursor and its pen are.

    `spelled` turns one cell into what the terminal's character set can show in as many columns.
    `scrolls` tells whether the terminal moves lines itself (`CSI S`, `CSI T` within margins).
    """

    def __init__(
        self, rows: int, cols: int, *, spelled: Callable[[str], str] = str, scrolls: bool = True
    ) -> None:
        self.shown = Picture(rows, cols)
        self._spelled = spelled
        self._scrolls = scrolls
        self._y: int | None = None
        self._x: int | None = None
        self._attribute = UNKNOWN
        self._lost = True
        self._out: list[str] = []
        self._jumps = 0

    def lose(self) -> None:
        """Something else was written: nothing is known of the terminal any more."""
        self.shown.lose()
        self._lost = True
        self._y = self._x = None
        self._attribute = UNKNOWN

    def resize(self, rows: int, cols: int) -> None:
        """The terminal has another size now, and whatever it made of what it showed."""
        self.shown = Picture(rows, cols)
        self.lose()

    def hand_over(self, y: int, x: int, attribute: int) -> str:
        """Cursor and pen as somebody else wants them, who may then do anything."""
        self._out = []
        if (y, x) != (self._y, self._x) and x < self.shown.cols:
            self._move(y, x)
        self._pen(attribute)
        self.lose()
        return "".join(self._out)

    def encode(self, wanted: Picture, park: tuple[int, int] | None, *, sync: bool) -> str:
        """Return what to send, `""` when nothing changed. `park` is where the cursor is to rest."""
        self._out, self._jumps = [], 0
        shown = self.shown
        lines = range(wanted.rows) if self._lost else sorted(wanted.touched)
        wanted.touched.clear()
        self._lost = False
        changed = [
            y
            for y in lines
            if wanted.chars[y] != shown.chars[y] or wanted.attributes[y] != shown.attributes[y]
        ]
        if self._scrolls and (scroll := scrolling.find_shift(shown, wanted, changed)):
            self._scroll(scroll)
            changed = list(range(wanted.rows))
        for y in changed:
            self._line(y, wanted)
        if park is not None and park != (self._y, self._x):
            self._move(*park)
        text = "".join(self._out)
        return f"{SYNC_BEGIN}{text}{SYNC_END}" if sync and self._jumps > 1 else text

    def _scroll(self, scroll: scrolling.Scroll) -> None:
        """Margins, scroll, margins off; the lines that come in have the default background."""
        self._pen(DEFAULT)
        way = f"{scroll.lines}S" if scroll.lines > 0 else f"{-scroll.lines}T"
        self._out.append(f"\x1b[{scroll.top + 1};{scroll.bottom + 1}r\x1b[{way}\x1b[r")
        self._jumps += 2
        self._y = self._x = None
        self.shown.scroll(scroll.top, scroll.bottom, scroll.lines)

    def _line(self, y: int, wanted: Picture) -> None:
        chars, attributes = wanted.chars[y], wanted.attributes[y]
        spots = self._differing(y, chars, attributes)
        if not spots:
            return
        if any(map(has_disputed_width, chars)) or any(map(has_disputed_width, self.shown.chars[y])):
            spots = [x for x, attribute in enumerate(attributes) if attribute != UNKNOWN]
        for start, end in _runs(spots):
            if (y, start) != (self._y, self._x) and not self._bridge(y, start, chars, attributes):
                self._move(y, start)
            self._write(y, start, end, chars, attributes)
        self._settle(y, chars, attributes)

    def _differing(self, y: int, chars: list[str], attributes: list[int]) -> list[int]:
        """Columns that are to be written; a wide character is written from its first one."""
        spots: list[int] = []
        old_chars, old_attributes = self.shown.chars[y], self.shown.attributes[y]
        for x, (char, attribute, old_char, old_attribute) in enumerate(
            zip(chars, attributes, old_chars, old_attributes, strict=True)
        ):
            if (char == old_char and attribute == old_attribute) or attribute == UNKNOWN:
                continue
            if char == " " == old_char and blank(attribute) == blank(old_attribute):
                continue
            if char == "" and (not spots or spots[-1] != x - 1):
                spots.append(x - 1)
            spots.append(x)
        return spots

    def _settle(self, y: int, chars: list[str], attributes: list[int]) -> None:
        """The line is shown as wanted, but for what is not known to be wanted."""
        shown = self.shown
        if UNKNOWN not in attributes:
            shown.chars[y], shown.attributes[y] = chars.copy(), attributes.copy()
            return
        for x, attribute in enumerate(attributes):
            if attribute != UNKNOWN:
                shown.chars[y][x], shown.attributes[y][x] = chars[x], attribute

    def _bridge(self, y: int, x: int, chars: list[str], attributes: list[int]) -> bool:
        """Write over the few unchanged cells before `x` if that is shorter than a move."""
        if self._y != y or self._x is None or not 0 < x - self._x <= 4:
            return False
        gap = range(self._x, x)
        if not all(self._fits(chars[at], attributes[at]) for at in gap):
            return False
        text = "".join(chars[at] for at in gap)
        if len(text.encode()) > len(_right(len(gap))):
            return False
        self._out.append(text)
        self._x = x
        return True

    def _fits(self, char: str, attribute: int) -> bool:
        """Return whether the pen draws this cell right as it is."""
        if char == "" or has_disputed_width(char) or not char.isascii() or attribute == UNKNOWN:
            return False
        return attribute == self._attribute or (
            char == " " and blank(attribute) == blank(self._attribute)
        )

    def _move(self, y: int, x: int) -> None:
        self._jumps += 1
        self._out.append(self._way(y, x))
        self._y, self._x = y, x

    def _way(self, y: int, x: int) -> str:
        ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"]
        if self._y == y:
            ways.append(f"\x1b[{x + 1}G" if x else "\r")
            if self._x is not None and x > self._x:
                ways.append(_right(x - self._x))
        elif self._y is not None and x == 0 and y > self._y:
            ways.append(f"\x1b[{_count(y - self._y)}E")
        elif self._y is not None and x == self._x and y > self._y:
            ways.append(f"\x1b[{_count(y - self._y)}B")
        return min(ways, key=len)

    def _pen(self, attribute: int) -> None:
        if attribute != self._attribute:
            self._out.append(change(self._attribute, attribute))
            self._attribute = attribute

    def _write(self, y: int, start: int, end: int, chars: list[str], attributes: list[int]) -> None:
        """Columns `start` up to `end`, with the pen changed only where that can be seen."""
        end += chars[end : end + 1] == [""]  # the other half of a wide character
        while start < end:
            attribute = attributes[start]
            stop = start + 1
            while stop < end and attributes[stop] == attribute:
                stop += 1
            text = "".join(chars[start:stop])
            if text.strip(" ") or blank(attribute) != blank(self._attribute):
                self._pen(attribute)
            if text.isascii():
                self._out.append(text)
                self._x = stop
            else:
                self._write_wide(y, start, stop, chars)
            start = stop

    def _write_wide(self, y: int, start: int, stop: int, chars: list[str]) -> None:
        """Text that may hold cells of disputed width: after each the column is set anew."""
        if not any(map(has_disputed_width, chars[start:stop])):
            self._out.append(self._spelled("".join(chars[start:stop])))
            self._x = stop
            return
        for x in range(start, stop):
            if chars[x] == "":
                continue
            if self._x != x:
                self._move(y, x)
            self._out.append(self._spelled(chars[x]))
            self._x = (
                None if has_disputed_width(chars[x]) else x + 1 + (chars[x + 1 : x + 2] == [""])
            )


def _runs(spots: list[int]) -> Iterator[tuple[int, int]]:
    """Sorted columns as spans, each from a column up to another."""
    start = previous = spots[0]
    for x in spots:
        if x > previous + 1:
            yield start, previous + 1
            start = x
        previous = x
    yield start, previous + 1


def _count(steps: int) -> str:
    return "" if steps == 1 else str(steps)


def _right(steps: int) -> str:
    return f"\x1b[{_count(steps)}C"
