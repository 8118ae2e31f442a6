"""The cases of suspensions as they are stored."""

from dataclasses import dataclass

import msgspec

from noc_tui.contract.suspension.values import Case
from noc_tui.contract.terms import Terms
from noc_tui.queries.terms_archive import find_terms
from storage.connection import Readable
from storage.suspension import SUSPENSIONS, Suspension

CASE = msgspec.json.Decoder(Case)


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case in the list: its row, the whole of it, the terms that it was opened under."""

    row: Suspension
    case: Case
    terms: Terms | None


async def read_list(db: Readable) -> list[ListedCase]:
    """Return every case with its terms."""
    found = []
    for row in await SUSPENSIONS.read(db):
        case = CASE.decode(row.document)
        found.append(ListedCase(row, case, await find_terms(db, case.terms_version)))
    return found


async def read_cases(db: Readable) -> list[Case]:
    """Return every case, closed ones included."""
    return [CASE.decode(row.document) for row in await SUSPENSIONS.read(db)]
