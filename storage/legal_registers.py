"""The registers of sub-processors and of breaches of personal data (art. 14; GDPR art. 28, 33)."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table


class Subprocessor(msgspec.Struct, frozen=True):
    """Who carries out a part of the services. `kind`: sub-processor (sees clients' personal data),
    subcontractor (does not). `country` is an ISO 3166 code, `data` what it may see, `contract` the
    reference of the contract with it. `ended_on` is the first day without it; `announced_on` when
    the clients were told of it, by `announcement`.
    """

    id: int
    name: str
    kind: str
    service: str
    country: str
    data: str
    contract: str
    since: date
    ended_on: date | None
    announced_on: date | None
    announcement: str
    account: str

    def serves_on(self, day: date) -> bool:
        """Whether it takes part on a day."""
        return self.since <= day and (self.ended_on is None or day < self.ended_on)


class DataBreach(msgspec.Struct, frozen=True):
    """A breach of personal data. `role` is the hoster's in it: processor (clients' data),
    controller (its own), both. `risk`, for the persons: unknown, none, risk, high.

    `nature` is what happened, `people` which persons and about how many, `closing` how it ended.
    """

    id: int
    role: str
    discovered_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    tenants: tuple[str, ...]
    nature: str
    data: str
    people: str
    consequences: str
    measures: str
    risk: str
    risk_reason: str
    closed_at: datetime | None
    closing: str
    account: str


class BreachNotice(msgspec.Struct, frozen=True):
    """Somebody was told of a breach. `addressee`: `tenant:acme`, `authority`, `persons`."""

    breach: int
    addressee: str
    told_at: datetime
    channel: str
    reference: str
    delay_reason: str
    account: str


SUBPROCESSORS = Table(
    "subprocessor", Subprocessor, ["id"], binding=Binding.RECORDED, erasable=["announcement"]
)
BREACHES = Table(
    "data_breach",
    DataBreach,
    ["id"],
    binding=Binding.RECORDED,
    erasable=[
        "nature", "data", "people", "consequences", "measures", "risk_reason", "closing",
    ],
)  # fmt: skip
BREACH_NOTICES = Table(
    "breach_notice",
    BreachNotice,
    ["breach", "addressee"],
    binding=Binding.RECORDED,
    erasable=["channel", "reference", "delay_reason"],
)


async def open_breaches(db: Readable) -> list[DataBreach]:
    """The breaches that are not closed."""
    return await BREACHES.where(db, "closed_at IS NULL ORDER BY id")


async def notices_of(db: Readable, breach: int) -> Sequence[BreachNotice]:
    """Who was told of a breach, the first first."""
    return await BREACH_NOTICES.where(db, "breach = ? ORDER BY told_at, addressee", breach)


async def next_breach_id(db: Readable) -> int:
    """The number of the next breach."""
    ((number,),) = await db.rows("SELECT coalesce(max(id), 0) + 1 FROM data_breach")
    return int(number)


async def next_subprocessor_id(db: Readable) -> int:
    """The number of the next sub-processor or subcontractor."""
    ((number,),) = await db.rows("SELECT coalesce(max(id), 0) + 1 FROM subprocessor")
    return int(number)
