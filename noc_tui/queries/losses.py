"""Reads what is lost now, since when, and which guests were there."""

from collections.abc import Iterable
from datetime import datetime

from noc_tui.causes import Loss, PlacedGuest
from noc_tui.contract.calendar import instant
from noc_tui.problems import Problem
from noc_tui.ref import Ref
from storage import guests as stored_guests
from storage import ledger
from storage.connection import Readable
from storage.guests import Guest
from storage.times import micros

_LEDGER = {"node": "node", "quorum": "quorum"}
"""By rule the kind under which the ledger knows what is lost."""


async def read_losses(db: Readable, problems: Iterable[Problem], now: datetime) -> list[Loss]:
    """Return each node and quorum among the problems that the ledger knows to be lost.

    Guests are those that belonged there just before; only tenants' guests are on record.
    """
    found = []
    for problem in problems:
        kind = _LEDGER.get(problem.rule)
        if kind is None or problem.severity == "unknown":
            continue
        place = problem.subject.name
        lost = await ledger.changes(db, [str(Ref.of(kind, *problem.subject.parts))], micros(now))
        if not lost or lost[-1].state == "up":  # the loss is seen, and not yet on record
            continue
        placed = await ledger.placements_on(db, place, lost[-1].before)
        pairs = [(row.tenant, Ref.parse(row.source).guest) for row in placed]
        known = {pair: tenant for tenant, pair in pairs if pair is not None}
        seen = await stored_guests.guests_among(db, list(known))
        found.append(
            Loss(
                subject=str(problem.subject),
                since=instant(lost[-1].since),
                placed=tuple(_placed(pair, tenant, seen) for pair, tenant in known.items()),
            )
        )
    return found


def _placed(pair: tuple[str, int], tenant: str, seen: dict[tuple[str, int], Guest]) -> PlacedGuest:
    return PlacedGuest(tenant, *pair, seen.get(pair))
