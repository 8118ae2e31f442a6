"""Which entries a signed head must cover, and how soon; and those that none covers yet.

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
    "availability.exclusion_reviewed",
    "availability.exclusion_withdrawn",
    "availability.month_terms",
    "availability.outage",
    "availability.promised",
    "availability.unmeasured",
    "backup.",
    "clock.",
    "contract.",
    "credit.",
    "database.",
    "decision.",
    "evidence.erased",
    "evidence.erasure_",
    "evidence.key",
    "guest.power.",
    "incident.merged",
    "incident.outage",
    "mail.",
    "maintenance.",
    "month.",
    "payments.",
    "promise.",
    "register.",
    "reparation.",
    "reversibility.",
    "scope.decided",
    "suspension.",
    "tenant.",
)
"""Entries that decide over money and its dates, over a tenant's services and what was promised of
them, over what was sent, or over what is on record.
"""
LONGEST_WAIT = timedelta(minutes=10)
"""Until any entry is covered by a head."""
AT_ONCE = timedelta(seconds=10)
"""Until an urgent entry is: `nocd` takes less than a second, and may be busy."""
ONE_INSTANT = timedelta(milliseconds=100)
"""Entries of one instant are set apart by microseconds: so far ahead of the clock is not ahead."""
ABOUT_HEADS = "evidence:head"
"""The subject of entries about heads themselves, which by themselves need no further head."""
FOUND_UNSIGNED = "evidence.found_unsigned"
"""The kind of the entry by which a start of `nocd` names entries that should have been signed."""
STAMPED = "evidence.stamped"
"""The kind of the entry that keeps a time stamp over a head."""
_MAIL, _MESSAGE = "mail.", "message"
_HEAD = "head:"


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
        """Whether a head should have covered it by now; of one that is dated ahead, always."""
        longest = AT_ONCE if self.urgent else LONGEST_WAIT + AT_ONCE
        return not -ONE_INSTANT <= now - self.at <= longest

    def due_in(self, now: datetime, patience: timedelta) -> timedelta:
        """How long its head may wait yet; one that is dated ahead, as after the clock was set
        back, does not wait until then.
        """
        age = now - self.at
        waits = not self.urgent and -ONE_INSTANT <= age < patience
        return patience - age if waits else timedelta()


def overdue(
    entries: Sequence[UnsignedEntry], now: datetime, signed_at: datetime | None = None
) -> list[UnsignedEntry]:
    """Return those that should have been signed by now.

    Where the newest head was signed after `now`, the record's clock is ahead of this one, such as
    that of a demo that runs fast: what it wrote lately cannot be judged by seconds.
    """
    if signed_at is not None and signed_at > now:
        return [one for one in entries if one.at > signed_at + LONGEST_WAIT + AT_ONCE]
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
        if not await _is_about_heads(db, seq, kind, msgspec.json.decode(subjects))
    ]


async def _is_about_heads(db: Readable, seq: int, kind: str, subjects: Sequence[str]) -> bool:
    """A mail or a time stamp of a head, and nothing else: whoever writes an entry chooses what it
    says that it is about, so a mail's row has to agree.
    """
    if ABOUT_HEADS not in subjects:
        return False
    if kind == STAMPED:
        return all(one == ABOUT_HEADS or one.startswith(_HEAD) for one in subjects)
    if not kind.startswith(_MAIL) or len(subjects) != 1:
        return False
    ((content,),) = await db.rows(
        "SELECT (SELECT content FROM evidence_payload WHERE seq = ?)", (seq,)
    )
    mails = _mails_in(content)
    about = await db.rows(
        "SELECT about FROM message WHERE id IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(mails).decode(),),
    )
    return len(about) == len(mails) > 0 and all(one == ABOUT_HEADS for (one,) in about)


class _MailEntry(msgspec.Struct, frozen=True):
    """What is read of the payload of an entry about a mail."""

    message_id: str
    rows: dict[str, dict[str, str | None]] = {}


def _mails_in(content: bytes | None) -> list[str]:
    """The mails that an entry tells of and whose rows it wrote; none where it says none."""
    try:
        said = msgspec.json.decode(content or b"{}", type=_MailEntry)
        keys = [msgspec.json.decode(key, type=tuple[str]) for key in said.rows.get(_MESSAGE, {})]
    except msgspec.DecodeError:
        return []
    return sorted({said.message_id, *(name for (name,) in keys)})
