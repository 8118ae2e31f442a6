"""Days and amounts as an operator types them, as a case keeps them."""

import re
from datetime import datetime

from noc_tui.contract.suspension.facts import a_date, a_number_of_days, an_amount
from noc_tui.i18n import _

_FRENCH_DAY = "%d/%m/%Y"
_SPACES = re.compile(r"[\s\u00a0\u202f]")


def read_day(text: str) -> str:
    """Return the day as `YYYY-MM-DD`, typed so or as `01/03/2026`. Raises ValueError."""
    typed = text.strip()
    if a_date(typed) is not None:
        return typed
    try:
        day = datetime.strptime(typed, _FRENCH_DAY).date().isoformat()  # noqa: DTZ007 -- a day
    except ValueError:
        day = ""
    if a_date(day) is None:
        raise ValueError(_("write it as 2026-03-01, or as 01/03/2026"))
    return day


def read_day_or_none(text: str) -> str:
    """Return the day; "" where nothing was typed. Raises ValueError."""
    return read_day(text) if text.strip() else ""


def read_amount(text: str) -> str:
    """Return the amount as a decimal with a point, typed so or as `1 250,00 €`. Raises
    ValueError.
    """
    plain = _SPACES.sub("", text).removesuffix("€").replace(",", ".")
    if an_amount(plain) is None:
        raise ValueError(_("write it as 1250.00, above zero"))
    return plain


def read_days(text: str) -> str:
    """Return a number of days. Raises ValueError."""
    if a_number_of_days(text.strip()) is None:
        raise ValueError(_("write a number of days, above zero"))
    return text.strip()
