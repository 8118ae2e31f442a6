"""Decisions that wait for a second person (R38), and their answers. Instants in microseconds."""

import msgspec

from storage.connection import Readable
from storage.tables import Binding, Table

OPEN, APPROVED, DECLINED = "open", "approved", "declined"


class ProposedDecision(msgspec.Struct, frozen=True):
    """Time of one tenant that shall not count: an exclusion, or an attribution of `outage`.

    `party` is empty for an exclusion that is no attribution. `needs` says why it waits: reviewed,
    closed, claimed. `account` proposed it, `decided_account` answered; `exclusion` followed.
    """

    id: int
    tenant: str
    outage: int | None
    start: int
    end: int | None
    basis: str
    party: str
    reason: str
    link: str
    grounds: tuple[str, ...]
    suspension: str
    contestable: bool
    needs: tuple[str, ...]
    account: str
    at: int
    state: str
    decided_at: int | None
    decided_account: str
    decided_reason: str
    exclusion: int | None
    evidence: int
    decided_by: int | None


PROPOSED = Table(
    "proposed_decision",
    ProposedDecision,
    ["id"],
    binding=Binding.RECORDED,
    erasable=["reason", "link", "grounds", "decided_reason"],
)


async def open_proposals(db: Readable) -> list[ProposedDecision]:
    """The decisions that wait for a second person, the oldest first."""
    return await PROPOSED.where(db, "state = ? ORDER BY id", OPEN)
