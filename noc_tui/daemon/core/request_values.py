"""Parses values in the bodies and addresses of requests; `BadRequest` names what is wrong."""

from collections.abc import Mapping

from noc_tui.contract.calendar import Month
from noc_tui.contract.instants import parse_entered_instant
from noc_tui.daemon.core.errors import BadRequest
from noc_tui.i18n import _
from noc_tui.labels import decoding

LONGEST_NUMBER = 18
"""Digits of a number that the database can hold, whatever they are."""
SHOWN = 40
"""How much of a text that is no number is told back."""


def instant(field: str, text: str) -> int:
    """An RFC 3339 time in microseconds; `BadRequest` names the field."""
    try:
        return parse_entered_instant(text)
    except ValueError as error:
        raise BadRequest(f"{field}: {decoding.translate_reason(str(error))}") from error


def span_of(start: str, end: str | None) -> tuple[int, int | None]:
    """Both ends of a span."""
    return instant("start", start), None if end is None else instant("end", end)


def closed_span(start: str, end: str | None) -> tuple[int, int]:
    """Both ends of a span that must have them."""
    if end is None:
        raise BadRequest(_("end: this span needs an end"))
    return instant("start", start), instant("end", end)


def number_of(path: Mapping[str, str], name: str = "number") -> int:
    """The number of that name in a request's path."""
    return whole_number(path[name])


def whole_number(text: str) -> int:
    """The number that a path or a query holds, of no more digits than the database can."""
    if not (text.isascii() and text.isdecimal()) or len(text) > LONGEST_NUMBER:
        raise BadRequest(_("{text!r} is not a number").format(text=text[:SHOWN]))
    return int(text)


def month_of(path: Mapping[str, str]) -> Month:
    """The month in a request's path."""
    try:
        return Month.parse(path["month"])
    except ValueError as error:
        raise BadRequest(f"month: {decoding.translate_reason(str(error))}") from error
