"""The end of a month as lines of text."""

from collections.abc import Iterator
from decimal import Decimal

from noc_tui.commands.output import table
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.month_end import (
    describe_closing,
    describe_item,
    describe_mail,
    describe_state,
)
from noc_tui.labels.statement import Words
from noc_tui.views.month_end import MonthEnd, OpenItem, TenantEndLine


def list_lines(month: MonthEnd) -> Iterator[str]:
    """Yield the month: its state, what is open, the closings, the tenants."""
    yield formats.label_line(month.month, describe_state(month))
    for line in month.closings:
        yield from (f"  {one}" for one in describe_closing(line))
    yield from _items(_("In the way of closing it"), month.blocking)
    yield from _items(_("Open, and may stay so with a reason"), month.closable)
    if not month.open:
        yield _("Nothing is open.")
    yield ""
    yield from table(
        [
            _("Tenant"),
            _("Availability"),
            _("Downtime"),
            _("Unmeasured"),
            _("Credit"),
            _("Amount"),
            _("State"),
            _("Mails"),
        ],
        [tenant_cells(one) for one in month.tenants],
    )


def tenant_cells(line: TenantEndLine) -> list[str]:
    """Return a tenant's cells: name, rate, downtime, unmeasured, credit, amount, state, mails."""
    state = Words(_).credit(line.state)
    if line.changed:
        state = f"{state} · {_('other figures than it was closed with')}"
    return [
        line.name,
        formats.UNKNOWN if line.percent is None else f"{formats.decimal(line.percent)} %",
        clock(line.counted_seconds),
        clock(line.unmeasured_seconds),
        formats.UNKNOWN if line.tier is None else f"{line.tier} %",
        money(line.granted or line.amount),
        state,
        ", ".join(describe_mail(one.purpose, one.state) for one in line.sent),
    ]


def money(amount: str | None) -> str:
    """An amount that is written as a decimal string, as a letter writes it."""
    return formats.UNKNOWN if amount is None else formats.money(Decimal(amount))


def clock(seconds: int) -> str:
    """Hours, minutes, seconds."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _items(title: str, items: tuple[OpenItem, ...]) -> Iterator[str]:
    if items:
        yield f"{title} ({len(items)})"
        yield from (f"  - {describe_item(one)}" for one in items)
