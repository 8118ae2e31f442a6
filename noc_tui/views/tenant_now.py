"""A tenant at this instant, as every list, page, command and palette says it. Pure.

Whether it is out is availability's answer (art. 10.1), never a count of running guests: what the
guests do is said besides.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from storage.guest_counts import TenantUse
from storage.incidents import Incident
from storage.outages import Maintenance, Outage
from storage.suspension import Suspension
from storage.times import instant

OUT = "out"
SUSPENDED = "suspended"
WEAKENED = "weakened"
UP, PARTIAL, DOWN, UNKNOWN, EMPTY = "up", "partial", "down", "unknown", "empty"


class SlaBudget(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of the month's tolerated downtime, in microseconds, and what a credit costs.

    `tier` is the percentage that is due by now. The next threshold is reached at `tip_at` if the
    outage goes on; None while the tenant is not out.
    """

    month: str
    tolerated: int
    left: int
    tier: int = 0
    tip_at: datetime | None = None
    tip_percent: int = 0
    tip_amount: Decimal | None = None

    @property
    def used(self) -> float | None:
        """The share that is used, from 1 on more than all; None without a base."""
        return (self.tolerated - self.left) / self.tolerated if self.tolerated else None


class TenantNow(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a tenant besides its guests. Empty fields say that there is none.

    `outage` is the one that lasts, the earliest where there are several; `incident` that of the
    outage, else one about the tenant that is still worked on; `unmeasured` that nobody can tell
    now; `cases` the suspensions that are not over; `windows` the maintenance in force or coming.
    """

    outage: Outage | None = None
    incident: Incident | None = None
    unmeasured: bool = False
    cases: tuple[Suspension, ...] = ()
    held_guests: int = 0
    windows: tuple[Maintenance, ...] = ()
    budget: SlaBudget | None = None

    @property
    def is_out(self) -> bool:
        """Whether an outage lasts."""
        return self.outage is not None

    @property
    def out_since(self) -> datetime | None:
        """Since when it is out; None where it is not."""
        return None if self.outage is None else instant(self.outage.start)


NOTHING_KNOWN = TenantNow()


def tenant_state(uses: TenantUse | None, now: TenantNow = NOTHING_KNOWN) -> str:
    """Return the one word for a tenant, the worst that is true.

    `out`: an outage lasts. `suspended`: we hold all of its guests that do not run. `weakened`: it
    answers, but guests are lost. `partial`: some guests are stopped, none is lost. `down`: all are
    stopped, and no outage was concluded. `unknown` guests are neither up nor down.
    """
    if now.is_out:
        return OUT
    if uses is None or uses.guests == 0:
        return EMPTY
    if uses.running == uses.guests:
        return UP
    if now.held_guests and uses.guests - uses.running <= now.held_guests:
        return SUSPENDED
    if uses.running:
        return WEAKENED if uses.unknown else PARTIAL
    return UNKNOWN if uses.unknown else DOWN
