"""The verdict on a chain of evidence, and the first entry that is not as it was.

intact       every entry follows the one before, every payload is the one that was hashed, every
             head agrees
altered      an entry, its subjects or its payload was changed, or an entry is missing in between
truncated    a head knows of more entries than there are
forked       an entry continues another than the one before it, or a head knows another history
key-changed  a key follows that the one before did not announce and endorse, or a head is signed by
             a key this chain does not have
restored     the chain is whole, and a head is of the life that a restore put aside: the entry
             `database.restored` names it
unreadable   the file is no database, is damaged, or has no chain
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What `verify` says, in one word."""

    INTACT = "intact"
    ALTERED = "altered"
    TRUNCATED = "truncated"
    FORKED = "forked"
    KEY_CHANGED = "key-changed"
    RESTORED = "restored"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Report:
    """`first_bad` is the number of the first entry that is not as it was; None when intact, or
    when no entry could be read. `reason` is one English line. `heads` were compared."""

    verdict: Verdict
    count: int
    reason: str
    first_bad: int | None = None
    heads: int = 0
    erased: int = 0
    last_hash: str = ""
