"""The debts as lines of a table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from noc_tui.i18n import _
from noc_tui.labels import states
from noc_tui.labels.debt import word_countdown, word_remaining
from noc_tui.text import visible
from noc_tui.views.debts import Debt, DebtState, state_of
from widgets.columns import Column
from widgets.live_table import LiveTable

_ORDER = list(states.DEBT)


@dataclass(frozen=True, slots=True)
class DebtLine:
    """One debt; `left` and `term` in words."""

    debt: Debt
    name: str
    state: DebtState
    left: str
    term: str

    @property
    def rank(self) -> tuple[int, object, str]:
        """What may be acted on first, then the nearest end of a term."""
        over = self.debt.term_over_at
        at = "9" if over is None else over.isoformat()
        return _ORDER.index(self.state), at, self.debt.reference


def debt_lines_of(
    debts: Iterable[Debt], names: Mapping[str, str], now: datetime
) -> dict[str, DebtLine]:
    """Return the lines by tenant and reference; `names` are the tenants'."""
    return {
        f"{debt.tenant} {debt.reference}": DebtLine(
            debt=debt,
            name=names.get(debt.tenant, debt.tenant),
            state=state_of(debt, now),
            left=word_remaining(debt),
            term=word_countdown(debt, now),
        )
        for debt in debts
    }


def debts_table(key_of: Callable[[str], str]) -> LiveTable[DebtLine]:
    """The table, without rows."""
    columns: tuple[Column[DebtLine], ...] = (
        Column("tenant", _("Tenant"), 11, lambda line: visible(line.name), stretch=1),
        Column("invoice", _("Invoice"), 11, lambda line: visible(line.debt.reference), stretch=1),
        Column("left", _("Left to pay"), 11, lambda line: line.left, align="right"),
        Column("state", _("State"), 22, lambda line: states.label_text(states.DEBT, line.state),
               order=lambda line: line.rank,
               tone=lambda line: states.label_tone(states.DEBT, line.state), stretch=1),
        Column("term", _("Time left"), 10, lambda line: line.term,
               order=lambda line: line.debt.term_over_at, stretch=1, kind="until"),
        Column("case", _("Case"), 7, _case),
    )  # fmt: skip
    table = LiveTable(
        columns,
        words=lambda line: f"{line.name} {line.debt.tenant} {line.debt.reference} {line.state}",
        opens=True,
        empty=_("no invoice is known: import what accounting exports ({key})").format(
            key=key_of("payments.import")
        ),
        no_match=_("no invoice matches {filter}"),
        id="debts",
    )
    table.sort_by("state")
    return table


def _case(line: DebtLine) -> str:
    return "" if line.debt.case is None else line.debt.case.id
