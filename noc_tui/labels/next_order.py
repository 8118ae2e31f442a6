"""Words the time left to the suspension orders that wait, for the line above every screen."""

from collections.abc import Sequence
from datetime import datetime

from noc_tui.i18n import _
from noc_tui.text import visible
from noc_tui.views.next_order import NextOrder

_MINUTE, _DAY_HOURS = 60, 24


def word_left(starts_at: datetime, now: datetime) -> str:
    """Return the time left as hours and minutes, or days and hours when it is long; `now` in the
    last minute and after it.
    """
    minutes = -int((now - starts_at).total_seconds() // _MINUTE)
    if starts_at <= now or minutes <= 0:
        return _("now")
    hours, rest = divmod(minutes, _MINUTE)
    if hours < _DAY_HOURS:
        return f"{hours:02}:{rest:02}"
    days, hours = divmod(hours, _DAY_HOURS)
    return _("{d} d {h} h").format(d=days, h=hours)


def word_next_order(planned: Sequence[NextOrder], now: datetime, *, wide: bool) -> str:
    """Return the time left to the first of the orders that wait, and which it is; `wide` with its
    tenant and in words.
    """
    first = planned[0]
    left, case = word_left(first.starts_at, now), visible(first.case)
    more = f" +{len(planned) - 1}" if len(planned) > 1 else ""
    if not wide:
        return f"◷ {left} {case}{more}"
    text = _("◷ next order in {left} · {case} {tenant}")
    return text.format(left=left, case=case, tenant=visible(first.tenant)) + more
