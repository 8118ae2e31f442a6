"""Reparations paid to tenants besides service credits, which count against the cap of art. 12."""

from datetime import date
from decimal import Decimal

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table


class Reparation(msgspec.Struct, frozen=True):
    """A sum that was granted, agreed or adjudged. `kind`: damages, settlement, goodwill.

    `capped` is whether it counts against the cap; a gross or wilful fault does not, and
    `uncapped_because` says which. One that was entered wrongly stays, with why it was withdrawn.
    """

    id: int
    tenant: str
    decided_on: date
    amount: Decimal
    kind: str
    subject: str
    reference: str
    capped: bool
    uncapped_because: str
    account: str
    withdrawn: bool = False
    withdrawn_because: str = ""

    @property
    def counts(self) -> bool:
        """Whether it counts against the cap."""
        return self.capped and not self.withdrawn


REPARATIONS = Table(
    "reparation",
    Reparation,
    ["id"],
    binding=Binding.RECORDED,
    erasable=["subject", "reference", "uncapped_because", "withdrawn_because"],
)


async def next_reparation_id(db: Readable) -> int:
    """The number of the next reparation."""
    ((number,),) = await db.rows("SELECT coalesce(max(id), 0) + 1 FROM reparation")
    return int(number)
