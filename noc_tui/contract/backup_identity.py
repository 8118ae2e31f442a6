"""Whether a backup is the guest's of that number: its owner, its name and its number agree (R29).

A backup server keeps backups by kind and number alone. Two clusters that write into one namespace,
or a number that was given to another guest, put somebody else's backups in a guest's group: such a
backup is doubtful, and is never counted as the guest's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_WORD = re.compile(r"[\w.-]+")


class Doubt(StrEnum):
    """What does not agree."""

    OWNER = "owner"
    NAME = "name"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class ExpectedBackups:
    """What is known of a guest's backups: its name, the owners that its cluster writes them as
    (empty: not known), and the names of the guests of other clusters that have the same number in
    the same namespace. `names` is whether notes hold the guest's name, as Proxmox's template does.
    """

    name: str | None
    owners: frozenset[str] = frozenset()
    rivals: Sequence[str] = ()
    names: bool = True


def find_doubt(expected: ExpectedBackups, owner: str | None, notes: str | None) -> Doubt | None:
    """Return why a backup with this owner and these notes may be another guest's; None where
    everything that is known agrees.
    """
    if expected.owners and owner is not None and owner not in expected.owners:
        return Doubt.OWNER
    words = frozenset(_WORD.findall((notes or "").casefold())) if expected.names else frozenset()
    name = (expected.name or "").casefold()
    named = bool(name) and name in words
    proven = bool(expected.owners) and owner is not None
    if expected.rivals and not proven:
        rivals = {one.casefold() for one in expected.rivals}
        return None if named and not words & rivals else Doubt.NUMBER
    return Doubt.NAME if name and len(words) == 1 and not named else None
