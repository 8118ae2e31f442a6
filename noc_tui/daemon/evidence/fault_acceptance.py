"""A lead accepts that the signed sums were found other than `nocd` left them.

The fault stands for ever otherwise (`storage.row_sums`). The commit of the acceptance signs the
sums of the rows as they are; its entry names the tables, and `verify` says ever after that what
moves without an entry is not proven there before.
"""

import msgspec

from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import actor
from noc_tui.i18n import _
from noc_tui.roles import Caller
from storage.change import Change
from storage.evidence import FAULT_ACCEPTED
from storage.proof_gaps import AcceptedFault
from storage.row_sums import find_faults
from storage.signing_rule import ABOUT_CHAIN


async def accept_fault(change: Change, who: Caller, reason: str) -> int:
    """Put the acceptance on record, which this change signs; returns its entry's number.

    Errors: `Conflict` where nothing is wrong.
    """
    found = await find_faults(change)
    if not found:
        raise Conflict(_("the signed sums are as nocd left them: there is nothing to accept"))
    change.accepts_faults = True
    said = msgspec.to_builtins(AcceptedFault(found, reason))
    return await change.record(FAULT_ACCEPTED, [ABOUT_CHAIN], said, actor=actor(who))
