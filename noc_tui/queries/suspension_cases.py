"""The cases of suspensions as they are stored."""

import msgspec

from noc_tui.contract.suspension.values import Case
from storage.connection import Readable
from storage.suspension import SUSPENSIONS

CASE = msgspec.json.Decoder(Case)


async def read_cases(db: Readable) -> list[Case]:
    """Return every case, closed ones included."""
    return [CASE.decode(row.document) for row in await SUSPENSIONS.read(db)]
