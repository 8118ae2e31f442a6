"""Two leads accept that the signed sums were found other than `nocd` left them: one asks, another
who asks about the same tables within a day accepts.

The fault stands for ever otherwise (`storage.row_sums`). The commit of the acceptance signs the
sums of the rows as they are; its entry names the tables, and `verify` says ever after that what
moves without an entry is not proven there before.
"""

from datetime import timedelta

import msgspec

from noc_tui.api.evidence import FaultAnswer
from noc_tui.daemon.core.errors import Conflict, Forbidden
from noc_tui.daemon.core.identity import actor
from noc_tui.i18n import _
from noc_tui.roles import Caller
from storage import evidence
from storage.change import Change
from storage.evidence import FAULT_ACCEPTED, FAULT_REQUESTED, Entry, Query
from storage.proof_gaps import AcceptedFault
from storage.row_sums import find_faults
from storage.signing_rule import ABOUT_CHAIN

VALID = timedelta(days=1)


async def accept_fault(change: Change, who: Caller, reason: str) -> FaultAnswer:
    """Put the request on record, or the acceptance where another lead has asked for it; the change
    of the latter signs the sums. Returns its entry.

    Errors: `Conflict` where nothing is wrong, `Forbidden` for who asked for it.
    """
    found = await find_faults(change)
    if not found:
        raise Conflict(_("the signed sums are as nocd left them: there is nothing to accept"))
    said, request = AcceptedFault(found, reason), await _open_request(change, found)
    if request is None:
        return FaultAnswer(await _record(change, who, FAULT_REQUESTED, said), accepted=False)
    if request.uid == who.uid and request.account == who.name:
        raise Forbidden(_("another lead than who asked for it accepts what was found"))
    change.accepts_faults = True
    accepted = msgspec.structs.replace(said, request=request.seq, requested_by=request.account)
    return FaultAnswer(await _record(change, who, FAULT_ACCEPTED, accepted), accepted=True)


async def _record(change: Change, who: Caller, kind: str, said: AcceptedFault) -> int:
    payload = msgspec.to_builtins(said)
    return await change.record(kind, [ABOUT_CHAIN], payload, actor=actor(who))


async def _open_request(change: Change, found: tuple[str, ...]) -> Entry | None:
    """The newest request about these tables that nothing was accepted since; None without one."""
    since = change.at - VALID
    done = await evidence.search(change, Query(kind=FAULT_ACCEPTED, since=since, limit=1))
    for entry in await evidence.search(change, Query(kind=FAULT_REQUESTED, since=since)):
        if done and entry.seq < done[0].seq:
            return None
        asked = msgspec.json.decode(entry.payload or "{}", type=AcceptedFault)
        if asked.tables == found:
            return entry
    return None
