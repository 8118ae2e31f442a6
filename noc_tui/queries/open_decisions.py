"""Reads what is left out of the count and waits for somebody: the list of `incident decisions`."""

import msgspec

from noc_tui.queries.incidents import exclusion_line, proposed_line
from noc_tui.views.incident import ExclusionLine, ProposedLine
from storage.connection import Readable
from storage.decisions import open_proposals
from storage.outages import lasting_exclusions, reopened_outages


class ReopenedLine(msgspec.Struct, frozen=True):
    """An outage that is to be attributed again."""

    tenant: str
    outage: int


class OpenDecisions(msgspec.Struct, frozen=True):
    """`proposed` wait for a second person, `lasting` exclusions for an end and a daily review,
    `reopened` outages for another attribution.
    """

    proposed: tuple[ProposedLine, ...]
    lasting: tuple[ExclusionLine, ...]
    reopened: tuple[ReopenedLine, ...]


async def read_open_decisions(db: Readable) -> OpenDecisions:
    """Return all that waits, of every tenant."""
    return OpenDecisions(
        tuple(proposed_line(row) for row in await open_proposals(db)),
        tuple(exclusion_line(row) for row in await lasting_exclusions(db)),
        tuple(ReopenedLine(*row) for row in await reopened_outages(db)),
    )
