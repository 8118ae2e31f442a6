"""A lead accepts entries that `nocd` found unsigned, such as those of a time without its key."""

from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.i18n import _
from noc_tui.roles import Caller
from storage.change import Change
from storage.signing_rule import ABOUT_CHAIN, UNSIGNED_ACCEPTED, read_found_unsigned


async def accept_unsigned(change: Change, who: Caller, number: int, reason: str) -> int:
    """Put the acceptance of what entry `number` names on record; returns its entry's number.

    Errors: `NotFound` for an entry that names nothing unsigned, `Conflict` for one that was
    accepted already.
    """
    found = {one.entry: one for one in await read_found_unsigned(change)}.get(number)
    if found is None:
        raise NotFound(_("entry {number} names nothing that was unsigned").format(number=number))
    if found.accepted_by:
        text = _("{account} has accepted this already")
        raise Conflict(text.format(account=found.accepted_by))
    payload = {"found": number, "first": found.first, "last": found.last, "reason": reason}
    return await change.record(UNSIGNED_ACCEPTED, [ABOUT_CHAIN], payload, actor=actor(who))
