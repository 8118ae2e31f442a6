"""For how long the contents of entries are kept (R33): rules as data, and when a time is over.

rules = load_retention()
rules.rule_for("mail.queued").over_on(date(2026, 3, 1), closed)     # the first day after it
"""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from noc_tui.contract.dates import add_months
from noc_tui.contract.terms_shape import BilingualText

SHIPPED = Path(__file__).with_name("retention.toml")

CountsFrom = Literal["entry", "closing", "contract_end", "year_end"]


class RetentionRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long some kinds of entries are kept: months, from what, under which text.

    `two_leads`: one lead asks for the erasure and another confirms it; the nightly run leaves it.
    """

    id: str
    kinds: tuple[str, ...]
    counts_from: CountsFrom = msgspec.field(name="from")
    months: int
    under: str
    label: BilingualText
    two_leads: bool = False
    relied_on_months: int = 0

    def over_on(
        self, entered: date, counted_from: date | None, *, relied_on: bool = False
    ) -> date | None:
        """The first day on which a content is no longer kept; None while that cannot be said.

        `entered` is the entry's day in Paris. `counted_from` is the closing or the contract's end,
        None where there is none yet; the other rules do not look at it.
        """
        start: date | None = entered
        if self.counts_from == "year_end":
            start = date(entered.year, 12, 31)
        elif self.counts_from != "entry":
            start = counted_from
        if start is None:
            return None
        months = max(self.months, self.relied_on_months if relied_on else 0)
        return add_months(max(start, entered), months) + timedelta(days=1)


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All rules; a kind that none of them names is kept for ever."""

    version: str
    rule: tuple[RetentionRule, ...]

    def rule_for(self, kind: str) -> RetentionRule | None:
        """The rule of a kind of entry: that of the longest kind or prefix that fits."""
        fitting = [
            (len(name), rule)
            for rule in self.rule
            for name in rule.kinds
            if kind == name or (name.endswith(".") and kind.startswith(name))
        ]
        return max(fitting, key=lambda one: one[0])[1] if fitting else None


@cache
def load_retention() -> Retention:
    """The rules shipped beside this module."""
    return msgspec.toml.decode(SHIPPED.read_bytes(), type=Retention)
