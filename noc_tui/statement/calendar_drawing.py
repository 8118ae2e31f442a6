"""Draws the days of a month on a canvas: a box a day, filled by share, its letter and number.

Shares are told by position, pattern and letter, never by colour alone.
"""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm

from noc_tui.statement.month_calendar import CalendarDay

BOX = 11 * mm
CALENDAR_HEIGHT = BOX + 8 * mm
_GAP = 0.7 * mm
_LEAST = 1.4 * mm
"""A share that is there is seen, however small."""
_MEASURED = HexColor("#dcefe2")
_COUNTED = HexColor("#9c1c1c")
_EXCLUDED = HexColor("#e0a63a")
_UNMEASURED = HexColor("#b9bfc8")
_EDGE = HexColor("#5a6472")
_SATURDAY = 5


def draw_calendar(
    canvas: Any, days: Sequence[CalendarDay], letters: tuple[str, str, str], width: float
) -> None:
    """Draw the strip with its lower left corner at the origin.

    `letters` stand for downtime that counts, downtime that is excluded, and unmeasured time.
    """
    step = width / len(days)
    canvas.saveState()
    canvas.setLineWidth(0.4)
    for number, day in enumerate(days):
        _draw_day(canvas, day, letters, (number * step, step - _GAP))
    canvas.restoreState()


def _draw_day(
    canvas: Any, day: CalendarDay, letters: tuple[str, str, str], place: tuple[float, float]
) -> None:
    left, width = place
    bottom = CALENDAR_HEIGHT - BOX
    canvas.setStrokeColor(_EDGE)
    if day.elapsed:
        canvas.setFillColor(_MEASURED)
        canvas.rect(left, bottom, width, BOX * day.elapsed / day.length, stroke=0, fill=1)
    for amount, color, ruled in (
        (day.counted, _COUNTED, False),
        (day.excluded, _EXCLUDED, True),
        (day.unmeasured, _UNMEASURED, False),
    ):
        if amount:
            height = min(max(_LEAST, BOX * amount / day.length), CALENDAR_HEIGHT - bottom)
            canvas.setFillColor(color)
            canvas.rect(left, bottom, width, height, stroke=0, fill=1)
            if ruled:
                _rule(canvas, left, bottom, width, height)
            bottom += height
    canvas.setDash([] if day.elapsed else [1, 1])
    canvas.rect(left, CALENDAR_HEIGHT - BOX, width, BOX, stroke=1, fill=0)
    canvas.setDash([])
    _label_day(canvas, day, letters, left + width / 2)


def _rule(canvas: Any, left: float, bottom: float, width: float, height: float) -> None:
    """Lines across a share, which tell it from the others without its colour."""
    at = bottom + 0.6 * mm
    while at < bottom + height:
        canvas.line(left, at, left + width, at)
        at += 0.9 * mm


def _label_day(canvas: Any, day: CalendarDay, letters: tuple[str, str, str], middle: float) -> None:
    amounts = (day.counted, day.excluded, day.unmeasured)
    text = "".join(letter for letter, amount in zip(letters, amounts, strict=True) if amount)
    canvas.setFillColor(_EDGE)
    canvas.setFont("Vera-Bold", 5.5)
    canvas.drawCentredString(middle, 4.6 * mm, text if day.elapsed else "–")
    canvas.setFont("Vera-Bold" if day.day.weekday() >= _SATURDAY else "Vera", 6)
    canvas.drawCentredString(middle, 1.2 * mm, str(day.day.day))
