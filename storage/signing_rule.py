"""How soon a head is kept over which entries, and which entries were found without a signature.

Each commit is signed (`storage.commit_signing`), and its signature takes the place of the one
before. Heads that stay, and are copied outside, are signed besides by the rule of this file.
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
    "breach.",
    "clock.",
    "contract.",
    "credit.",
    "database.",
    "decision.",
    "evidence.erased",
    "evidence.erasure_",
    "evidence.fault_",
    "evidence.key",
    "guest.backup.",
    "guest.console.",
    "guest.deletion.",
    "guest.evacuation.",
    "guest.migration.",
    "guest.power.",
    "guest.restore.",
    "guest.snapshot.",
    "incident.merged",
    "incident.outage",
    "mail.",
    "maintenance.",
    "month.",
    "node.evacuation.",
    "node.maintenance.",
    "payments.",
    "promise.",
    "register.",
    "reparation.",
    "reversibility.",
    "scope.decided",
    "scope.declined",
    "scope.learned",
    "subprocessor.",
    "suspension.",
    "tenant.",
)
"""Entries that decide over money and its dates, over a tenant's services and what was promised of
them, over what was sent, or over what is on record.
"""
LONGEST_WAIT = timedelta(minutes=10)
"""Until any entry is covered by a head."""
ONE_INSTANT = timedelta(milliseconds=100)
"""Entries of one instant are set apart by microseconds: so far ahead of the clock is not ahead."""
ABOUT_HEADS = "evidence:head"
"""The subject of entries about heads themselves, which by themselves need no further head."""
ABOUT_CHAIN = "evidence:chain"
"""The subject of entries about the chain as a whole."""
FOUND_UNSIGNED = "evidence.found_unsigned"
"""The kind of the entry by which `nocd` names entries that it found and that nobody had signed."""
UNSIGNED_ACCEPTED = "evidence.unsigned_accepted"
"""The kind of the entry by which a lead accepts what such an entry names."""
STAMPED = "evidence.stamped"
"""The kind of the entry that keeps a time stamp over a head."""
_MAIL = "mail."


class UncoveredEntry(msgspec.Struct, frozen=True):
    """An entry that no kept head covers."""

    seq: int
    at: datetime
    kind: str

    @property
    def urgent(self) -> bool:
        """Whether its head cannot wait."""
        return self.kind.startswith(URGENT)

    def due_in(self, now: datetime, patience: timedelta) -> timedelta:
        """How long its head may wait yet; one that is dated ahead, as after the clock was set
        back, does not wait until then.
        """
        age = now - self.at
        waits = not self.urgent and -ONE_INSTANT <= age < patience
        return patience - age if waits else timedelta()


async def read_uncovered(db: Readable, covered: int) -> list[UncoveredEntry]:
    """Return the entries after the first `covered`, without those that are about heads alone."""
    found = await db.rows(
        "SELECT seq, at, kind, (SELECT json_group_array(subject) FROM evidence_subject AS about"
        " WHERE about.seq = entry.seq) FROM evidence AS entry WHERE seq > ? ORDER BY seq",
        (covered,),
    )
    return [
        UncoveredEntry(seq, instant(at), kind)
        for seq, at, kind, subjects in found
        if not _is_about_heads(kind, msgspec.json.decode(subjects))
    ]


def _is_about_heads(kind: str, subjects: Sequence[str]) -> bool:
    """Whether it is a mail or a time stamp of a head, after which the next would never end."""
    return ABOUT_HEADS in subjects and kind.startswith((STAMPED, _MAIL))


class FoundUnsigned(msgspec.Struct, frozen=True):
    """Entries `first` to `last` were found unsigned, as entry `entry` of the instant `at` says.

    `accepted_by` is the lead who accepted that, empty before; `reason` is why.
    """

    entry: int
    at: datetime
    first: int
    last: int
    accepted_by: str = ""
    reason: str = ""


class _Found(msgspec.Struct, frozen=True):
    first: int
    last: int


class _Accepted(msgspec.Struct, frozen=True):
    found: int
    reason: str


async def read_found_unsigned(db: Readable) -> list[FoundUnsigned]:
    """Return what was ever found unsigned, the oldest first; what unsigned entries say of it counts
    for nothing.

    Errors: `ValueError` for an entry that no program of ours wrote.
    """
    rows = await db.rows(
        "SELECT seq, at, kind, account, content FROM evidence"
        " LEFT JOIN evidence_payload USING (seq) WHERE kind IN (?, ?) ORDER BY seq DESC",
        (FOUND_UNSIGNED, UNSIGNED_ACCEPTED),
    )
    found: list[FoundUnsigned] = []
    accepted: dict[int, tuple[str, str]] = {}
    for seq, at, kind, account, content in rows:
        if any(one.first <= seq <= one.last for one in found):
            continue
        if kind == UNSIGNED_ACCEPTED:
            act = msgspec.json.decode(content or b"", type=_Accepted)
            accepted[act.found] = (account, act.reason)
            continue
        said = msgspec.json.decode(content or b"", type=_Found)
        by, reason = accepted.get(seq, ("", ""))
        found.append(
            FoundUnsigned(
                entry=seq,
                at=instant(at),
                first=said.first,
                last=said.last,
                accepted_by=by,
                reason=reason,
            )
        )
    return found[::-1]
