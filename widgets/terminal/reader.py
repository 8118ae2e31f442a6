"""Reads what a program writes to its terminal into a picture.

Understood are the sequences that Textual writes. Modes that change no cell are handed on as they
are. Anything else is handed on too, and the picture is lost: better to draw all again than to
believe a wrong picture.
"""

import re
from collections.abc import Callable
from typing import Literal

from widgets.terminal.attributes import DEFAULT, apply_parameters, set_link
from widgets.terminal.picture import Picture, cells_of

_TOKEN = re.compile(
    r"\x1b\[([0-9;]*)m"  # 1 attributes
    r"|([^\x00-\x1f\x7f-\x9f]+)"  # 2 text
    r"|\x1b\[([0-9]*)(?:;([0-9]*))?([HfABCDGdJK])"  # 3, 4, 5 moves and erasures
    r"|(\r?\n|\r)"  # 6 ends of lines
    r"|\x1b\[\?2026([hl])"  # 7 one update, begin and end
    r"|\x1b\]8;([^\x07\x1b]*)(?:\x07|\x1b\\)"  # 8 a link, begin and end
    r"|(\x1b\[[?<>=][0-9;:]*\$?[hlucqnmp]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x07"
    r"|\x1b\[[0-9;]*[nct]|\x1b\[[0-9]* q)"  # 9 modes, titles, queries
)
_STAGE = re.compile(r"\x1b\[\?(?:1049|1047|47)[hl]\Z")
"""The screen that full-screen programs draw on, taken and left."""

_TWISTING = re.compile(r"\x1b\[\?(?:.*;)?(?:1049|1047|47|69|6|3)(?:;.*)?[hl]\Z")
"""Modes that change what a place on the screen means."""

Kind = Literal["mode", "stage", "alien"]
"""What is handed on: something that changes no cell, a change of screens, or who knows what."""


class TerminalReader:
    """Keeps `picture`: what the program wants to be seen.

    `hand_on(raw, kind)` takes what is to be sent as it is. What is alien must find the screen, the
    cursor and the pen as the program left them; afterwards nothing is known of them. `on_stage`
    tells whether the program has a screen of its own to draw on now.
    """

    def __init__(self, rows: int, cols: int, hand_on: Callable[[str, Kind], None]) -> None:
        self.picture = Picture(rows, cols)
        self.y = self.x = 0
        self.synchronised = False
        self.on_stage = False
        self.attribute = DEFAULT
        self._hand_on = hand_on

    def resize(self, rows: int, cols: int) -> None:
        """Another size: nothing is known until all is drawn again."""
        self.picture = Picture(rows, cols)
        self.y = self.x = 0

    def feed(self, data: str) -> None:
        """Read `data`, which holds whole sequences."""
        position, size = 0, len(data)
        match_at = _TOKEN.match
        while position < size:
            match = match_at(data, position)
            if match is None or not self._take(match):
                self._lose(data[position:])
                return
            position = match.end()

    def _take(self, match: re.Match[str]) -> bool:
        kind = match.lastindex
        if kind == 2:
            cells = cells_of(match[2])
            self.x = self.picture.put(self.y, self.x, cells, self.attribute)
        elif kind == 1:
            after = apply_parameters(self.attribute, match[1])
            if after is None:
                return False
            self.attribute = after
        elif kind == 5:
            self._control(match[5], match[3], match[4])
        elif kind == 6:
            self._end_of_line(match[6])
        elif kind == 7:
            self.synchronised = True
        elif kind == 8:
            self.attribute = set_link(self.attribute, match[8])
        else:
            self._mode(match[0])
        return True

    def _control(self, final: str, first: str, second: str | None) -> None:
        if final in "JK":
            self._erase(final, int(first or 0))
        elif final in "Hf":
            self._move(int(first or 1) - 1, int(second or 1) - 1)
        elif final == "G":
            self._move(self.y, int(first or 1) - 1)
        elif final == "d":
            self._move(int(first or 1) - 1, self.x)
        else:
            step = max(1, int(first or 1))
            down, right = {"A": (-1, 0), "B": (1, 0), "C": (0, 1), "D": (0, -1)}[final]
            self._move(self.y + down * step, min(self.x, self.picture.cols - 1) + right * step)

    def _move(self, y: int, x: int) -> None:
        self.y = max(0, min(y, self.picture.rows - 1))
        self.x = max(0, min(x, self.picture.cols - 1))

    def _end_of_line(self, end: str) -> None:
        self.x = 0
        if end != "\r" and self.y == self.picture.rows - 1:
            self.picture.scroll(0, self.y, 1)
        elif end != "\r":
            self.y += 1

    def _erase(self, final: str, how: int) -> None:
        picture, x = self.picture, min(self.x, self.picture.cols - 1)
        start = x if how == 0 else 0
        end = x + 1 if how == 1 else picture.cols
        picture.erase(self.y, start, end, self.attribute)
        if final == "J":
            above = range(self.y) if how else range(0)
            below = range(self.y + 1, picture.rows) if how != 1 else range(0)
            for y in (*above, *below):
                picture.erase(y, 0, picture.cols, self.attribute)

    def _mode(self, raw: str) -> None:
        if _STAGE.match(raw):
            self._hand_on(raw, "stage")
            self.on_stage = raw.endswith("h")
            self.attribute = DEFAULT
        elif _TWISTING.match(raw):
            self._lose(raw)
        else:
            self._hand_on(raw, "mode")

    def _lose(self, raw: str) -> None:
        self._hand_on(raw, "alien")
        self.picture.lose()
        self.attribute = DEFAULT
