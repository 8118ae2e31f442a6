"""Which entries a signed head must cover, and how soon. No I/O.

`nocd` signs by this rule, and whoever verifies holds the record against it: who can write the file
without the key can add entries, and no head will ever cover them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from storage.connection import Readable
from storage.times import instant

URGENT = (
    "approval.",
    "authority.",
    "availability.attributed",
    "availability.attribution_reopened",
    "availability.client_evidence",
    "availability.excluded",
    "availability.exclusion_ended",
    "availability.exclusion_withdrawn",
    "availability.promised",
    "credit.",
    "decision.",
    "evidence.erased",
    "evidence.erasure_",
    "evidence.key",
    "month.",
    "register.",
    "suspension.",
    "tenant.",
)
"""Entries that decide over money, over a tenant's services, or over what is on record."""
LONGEST_WAIT = timedelta(minutes=10)
"""Until any entry is covered by a head."""
AT_ONCE = timedelta(seconds=10)
"""Until an urgent entry is: `nocd` takes less than a second, and may be busy."""
ABOUT_HEADS = "evidence:head"
"""The subject of entries about heads themselves, which by themselves need no further head."""
FOUND_UNSIGNED = "evidence.found_unsigned"
"""The kind of the entry by which a start of `nocd` names entries that should have been signed."""
_OF_HEADS = ("evidence.", "mail.")


class UnsignedEntry(msgspec.Struct, frozen=True):
    """An entry that no head covers."""

    seq: int
    at: datetime
    kind: str

    @property
    def urgent(self) -> bool:
        """Whether its head cannot wait."""
        return self.kind.startswith(URGENT)

    def is_overdue(self, now: datetime) -> bool:
        """Whether a head should have covered it by now.

        An urgent one may be of a moment ago alone; one that is dated ahead is not.
        """
        age = now - self.at
        if self.urgent:
            return not timedelta() <= age <= AT_ONCE
        return age > LONGEST_WAIT + AT_ONCE


def overdue(entries: Sequence[UnsignedEntry], now: datetime) -> list[UnsignedEntry]:
    """Return those that should have been signed by now."""
    return [one for one in entries if one.is_overdue(now)]


async def read_unsigned(db: Readable, signed: int) -> list[UnsignedEntry]:
    """Return the entries after the first `signed`, without those that are about heads alone."""
    found = await db.rows(
        "SELECT seq, at, kind, (SELECT json_group_array(subject) FROM evidence_subject AS about"
        " WHERE about.seq = entry.seq) FROM evidence AS entry WHERE seq > ? ORDER BY seq",
        (signed,),
    )
    return [
        UnsignedEntry(seq, instant(at), kind)
        for seq, at, kind, subjects in found
        if not _is_about_heads(kind, msgspec.json.decode(subjects))
    ]


def _is_about_heads(kind: str, subjects: Sequence[str]) -> bool:
    """A mail or a time stamp of a head: nothing else may be kept out by naming that subject."""
    return (
        ABOUT_HEADS in subjects
        and kind.startswith(_OF_HEADS)
        and not any(one.startswith(("tenant:", "case:", "incident:")) for one in subjects)
    )
