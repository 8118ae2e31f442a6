"""Dates and amounts as French and English spreadsheets write them.

Nothing is guessed: what could be read in two ways is refused with both in its text.
"""

import re
from datetime import date

from noc_tui.contract.instants import ENTERED_YEARS
from noc_tui.i18n import _

LARGEST = 10**13
"""In cents: what is above is no amount of ours, and a sum of many still fits the database."""
LONGEST = 40
"""Digits and signs of a number: a longer one is too large, and is not worked out to say so."""
SHOWN = 60
"""So many characters of a cell are said back."""
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']")
_CURRENCY = re.compile(r"^(?:€|EUR)|(?:€|EUR|euros?)$", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FRENCH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_TIME = re.compile(r"[T ]+00:00(?::00(?:\.0+)?)?\Z")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


class CellError(ValueError):
    """A cell that cannot be read; the text says why, in the language in use."""


def read_day(text: str, years: range = ENTERED_YEARS) -> date | None:
    """Return the day of a cell, None of an empty one: `31/10/2026`, `31.10.2026`, `2026-10-31`,
    midnight after it or not, in one of these years. Raises `CellError`.
    """
    plain = _TIME.sub("", text.strip())
    if not plain:
        return None
    if match := _ISO.fullmatch(plain):
        year, month, day = map(int, match.groups())
    elif match := _FRENCH.fullmatch(plain):
        day, month, year = map(int, match.groups())
    else:
        raise CellError(
            _("{text} is no date: write 31/10/2026 or 2026-10-31").format(text=quote_cell(text))
        )
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise CellError(
            _("{text} is no day of a calendar").format(text=quote_cell(text))
        ) from error
    if year not in years:
        raise CellError(_("{text} is no day of a calendar").format(text=quote_cell(text)))
    return found


def read_cents(text: str) -> int | None:
    """Return the amount of a cell in cents, None of an empty one: `1 234,56 €`, `1.234,56`,
    `1234.5`, `-12,00`, `(12,00)`. Raises `CellError`, also for a fraction of a cent.
    """
    plain = _SPACES.sub("", text)
    plain = _CURRENCY.sub("", plain)
    if not plain:
        if text.strip():
            raise CellError(_not_an_amount(text))
        return None
    negative = plain.startswith("-") or (plain.startswith("(") and plain.endswith(")"))
    digits = plain.strip("()").lstrip("-+−") if negative else plain.lstrip("+")
    if digits.startswith("−"):
        negative, digits = True, digits[1:]
    cents = _cents_of(digits, text)
    if cents > LARGEST:
        raise CellError(_too_large(text))
    return -cents if negative else cents


def read_whole(text: str) -> int | None:
    """Return the whole number of a cell, None of an empty one: `16`, `1 024`, `64,00`. Raises
    `CellError`.
    """
    if any(letter.isalpha() for letter in text):
        raise CellError(_("{text} is no whole number").format(text=quote_cell(text)))
    cents = read_cents(text)
    if cents is None:
        return None
    if cents % 100 or cents < 0:
        raise CellError(_("{text} is no whole number").format(text=quote_cell(text)))
    return cents // 100


def _cents_of(digits: str, text: str) -> int:
    if len(digits) > LONGEST:
        raise CellError(_too_large(text))
    whole, fraction = _split(digits, text)
    if not (whole.isascii() and whole.isdecimal() and fraction.isascii()):
        raise CellError(_not_an_amount(text))
    if fraction and not fraction.isdecimal():
        raise CellError(_not_an_amount(text))
    if len(fraction.rstrip("0")) > 2:
        raise CellError(_("{text} has fractions of a cent").format(text=quote_cell(text)))
    return int(whole) * 100 + int(fraction[:2].ljust(2, "0"))


def _split(digits: str, text: str) -> tuple[str, str]:
    """The digits before and after the decimal sign."""
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 0:
        return digits, ""
    sign, other = digits[last], "." if digits[last] == "," else ","
    whole, fraction = digits[:last], digits[last + 1 :]
    if sign in whole:  # given more than once, it groups thousands
        if other in whole or not _GROUPED.fullmatch(digits):
            raise CellError(_not_an_amount(text))
        return digits.replace(sign, ""), ""
    if other in whole:
        if not _GROUPED.fullmatch(whole):
            raise CellError(_not_an_amount(text))
        return whole.replace(other, ""), fraction
    if len(fraction) == 3 and whole.lstrip("0"):
        ambiguous = _("{text} may be thousands or a fraction: write it without the {sign}")
        raise CellError(ambiguous.format(text=quote_cell(text), sign=repr(sign)))
    if not (whole and fraction):
        raise CellError(_not_an_amount(text))
    return whole, fraction


def _not_an_amount(text: str) -> str:
    return _("{text} is no amount: write 1234,56 or 1234.56").format(text=quote_cell(text))


def _too_large(text: str) -> str:
    return _("{text} is too large").format(text=quote_cell(text))


def quote_cell(text: str) -> str:
    """Return a cell as an error says it back: in quotation marks, its beginning if it is long."""
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")
