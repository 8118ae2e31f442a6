"""The overrides that became cases of the hoster's own (annexe 2), as the look-up reads them."""

from noc_tui.contract.annexe2.answer import ScopeVerdict
from noc_tui.contract.annexe2.own_cases import OwnCase
from storage import scope
from storage.connection import Readable
from storage.scope import Decision


async def read_own_cases(db: Readable) -> tuple[OwnCase, ...]:
    """Return the approved cases whose tickets were not erased, the oldest first."""
    return tuple(own_case(one) for one in await scope.find_approved(db))


def own_case(decision: Decision) -> OwnCase:
    """The case that an override would be."""
    return OwnCase(decision.text, decision.row, ScopeVerdict(decision.verdict))
