"""The kinds of orders that authorities send, as data (R37)."""

from functools import cache
from pathlib import Path

import msgspec

from noc_tui.contract.terms_shape import BilingualText

SHIPPED = Path(__file__).with_name("kinds.toml")


class OrderKind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the law says of a kind; the fields are explained in `kinds.toml`."""

    id: str
    label: BilingualText
    basis: BilingualText
    hours: int = 0
    silent: bool = False
    secrecy_days: int = 0
    renewals: int = 0
    preserve_months: int = 0
    report: bool = False


class OrderKinds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All kinds, and the delays that hold for every one."""

    version: str
    hold_hours: int
    review_hours: int
    alarm_minutes: int
    kind: tuple[OrderKind, ...]

    def of(self, identifier: str) -> OrderKind | None:
        """Return the kind of that name; None where there is none."""
        return next((one for one in self.kind if one.id == identifier), None)


@cache
def load_order_kinds() -> OrderKinds:
    """Return the kinds shipped beside this module."""
    return msgspec.toml.decode(SHIPPED.read_bytes(), type=OrderKinds)
