"""The suspension orders that wait for their time, as every screen counts down to them."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from storage.suspension import Suspension


class NextOrder(msgspec.Struct, frozen=True):
    """An order that waits; `secret` where others do not see that it exists."""

    case: str
    tenant: str
    starts_at: datetime
    secret: bool = False


def list_next_orders(
    cases: Iterable[Suspension], secret: Iterable[NextOrder] = ()
) -> tuple[NextOrder, ...]:
    """Return the orders that wait, the next first; rehearsals apart, which change nothing."""
    found = [
        NextOrder(case.id, case.tenant_name, case.starts_at)
        for case in cases
        if case.starts_at is not None and not case.rehearsal
    ]
    return tuple(sorted([*found, *secret], key=lambda one: (one.starts_at, one.case)))
