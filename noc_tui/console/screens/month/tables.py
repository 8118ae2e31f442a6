"""What is open at a month's end, and the tenants' figures: rows and columns over plain values."""

from decimal import Decimal

from noc_tui.contract.month_end import OpenKind
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.month_end import describe_item, describe_mail
from noc_tui.labels.statement import Words
from noc_tui.text import visible
from noc_tui.views.month_end import OpenItem, TenantEndLine
from widgets.columns import Column
from widgets.live_table import LiveTable

_KINDS = list(OpenKind)


def effect_word(item: OpenItem) -> str:
    """Return whether the month can be closed with it, with a sign of its own."""
    return _("✖ in the way") if item.blocking else _("· may stay open")


def _place(item: OpenItem) -> tuple[bool, int, str, str]:
    """What is in the way first, then kind by kind."""
    return not item.blocking, _KINDS.index(OpenKind(item.kind)), item.tenant, item.id


def rate_text(line: TenantEndLine) -> str:
    """Return the contractual rate; unknown where nobody measured."""
    return formats.UNKNOWN if line.percent is None else f"{formats.decimal(line.percent)} %"


def amount_text(line: TenantEndLine) -> str:
    """Return what was granted, else what is due; nothing where none is."""
    amount = line.granted or (line.amount if line.tier else None)
    return "" if amount is None else formats.money(Decimal(amount))


def state_text(line: TenantEndLine) -> str:
    """Return where the credit stands; `▲` where a figure is another than it was closed with."""
    word = Words(_).credit(line.state)
    return f"▲ {word}" if line.changed else word


def mails_text(line: TenantEndLine) -> str:
    """Return the last mail of each kind, and how far it is."""
    last = {one.purpose: one for one in line.sent}
    return ", ".join(describe_mail(one.purpose, one.state) for one in last.values())


def clock_text(seconds: int) -> str:
    """Hours, minutes, seconds; nothing for none."""
    if not seconds:
        return ""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def open_table() -> LiveTable[OpenItem]:
    """The table of what is open, without rows."""
    columns: tuple[Column[OpenItem], ...] = (
        Column("effect", _("Closing"), 15, effect_word,
               tone=lambda line: "bad" if line.blocking else "",
               order=_place),
        Column("what", _("Still open"), 30, describe_item, stretch=1),
    )  # fmt: skip
    table = LiveTable(
        columns,
        words=describe_item,
        empty=_("nothing is open"),
        no_match=_("nothing open matches {filter}"),
        id="open",
    )
    table.sort_by("effect")
    return table


def tenants_table() -> LiveTable[TenantEndLine]:
    """The table of the tenants, without rows."""
    columns: tuple[Column[TenantEndLine], ...] = (
        Column("name", _("Tenant"), 14, lambda line: visible(line.name), stretch=1),
        Column("rate", _("Contractual"), 11, rate_text, align="right",
               order=lambda line: Decimal(line.percent or 0)),
        Column("down", _("Counted"), 10, lambda line: clock_text(line.counted_seconds),
               align="right", order=lambda line: line.counted_seconds, kind="duration"),
        Column("amount", _("Amount"), 11, amount_text, align="right",
               order=lambda line: Decimal(line.granted or line.amount or 0)),
        Column("state", _("Credit"), 14, state_text,
               tone=lambda line: "warning" if line.changed or not line.verified else ""),
        Column("unseen", _("Unmeasured"), 11, lambda line: clock_text(line.unmeasured_seconds),
               align="right", priority=1, order=lambda line: line.unmeasured_seconds,
               kind="duration"),
        Column("mails", _("Mails"), 22, mails_text, priority=2),
    )  # fmt: skip
    table = LiveTable(
        columns,
        words=lambda line: f"{line.name} {line.tenant} {state_text(line)}",
        empty=_("No tenant in the register: noc-tui tenants import FILE"),
        no_match=_("no tenant matches {filter}"),
        id="ends",
    )
    table.sort_by("name")
    return table
