"""Reads of the legal registers what alerts, commands and documents share."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from noc_tui.contract.breaches import NoticeDuty, list_duties, list_open_duties
from noc_tui.contract.subprocessors import needs_announcement
from storage.connection import Readable
from storage.legal_registers import (
    BREACH_NOTICES,
    BREACHES,
    SUBPROCESSORS,
    BreachNotice,
    DataBreach,
    Subprocessor,
)


@dataclass(frozen=True, slots=True)
class BreachRecord:
    """A breach, who must be told of it, and who was."""

    breach: DataBreach
    duties: Sequence[NoticeDuty]
    notices: Sequence[BreachNotice]

    @property
    def open_duties(self) -> list[NoticeDuty]:
        """Whom nobody told yet."""
        return list(list_open_duties(self.duties, [one.addressee for one in self.notices]))


async def read_breaches(db: Readable) -> list[BreachRecord]:
    """All breaches, the oldest first."""
    notices: dict[int, list[BreachNotice]] = defaultdict(list)
    for notice in await BREACH_NOTICES.read(db):
        notices[notice.breach].append(notice)
    return [
        BreachRecord(
            row,
            list(list_duties(row.role, row.risk, row.tenants, row.discovered_at)),
            notices[row.id],
        )
        for row in await BREACHES.read(db)
    ]


async def read_breach_duties(db: Readable) -> list[tuple[int, NoticeDuty]]:
    """Whom nobody told yet of a breach that is open, with its number."""
    return [
        (record.breach.id, duty)
        for record in await read_breaches(db)
        if record.breach.closed_at is None
        for duty in record.open_duties
    ]


async def read_unannounced(db: Readable, today: date) -> list[Subprocessor]:
    """The sub-processors of which clients must be told by now."""
    return [
        row
        for row in await SUBPROCESSORS.read(db)
        if row.kind == "sub-processor"
        and needs_announcement(row.since, row.ended_on, row.announced_on, today)
    ]
