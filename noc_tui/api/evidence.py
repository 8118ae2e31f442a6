"""The evidence log: heads signed, keys changed, payloads erased, lines of registers."""

from datetime import datetime
from types import NoneType
from typing import Annotated, Literal

import msgspec

from noc_tui.api.endpoint import Body, get, post
from noc_tui.contract.terms_shape import BilingualText
from noc_tui.roles import Role

MOST_ERASED = 200
ERASURE_REQUESTED = "evidence.erasure_requested"
"""The kind of the entry in which a lead asks for an erasure."""
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]


class Head(msgspec.Struct, frozen=True):
    """A signed head. `count` is of entries, `hash` hexadecimal, `at` RFC 3339 in UTC, `signature`
    base64.
    """

    count: int
    hash: str
    key_id: str
    at: str
    signature: str

    def line(self) -> str:
        """The head as the one line that is kept outside, without the line's end."""
        return msgspec.json.encode(self).decode()


class Case(Body, frozen=True):
    """The subject that a pack is asked for: `tenant:acme`, `suspension:S-0001`, `incident:7`."""

    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class Pack(msgspec.Struct, frozen=True):
    """The bytes of a pack's zip; in JSON, base64."""

    zip: bytes


class Erasure(Body, frozen=True):
    """The entries whose payloads are to be emptied, by their numbers, and why."""

    entries: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=MOST_ERASED)]
    reason: Text


class ErasureRequest(msgspec.Struct, frozen=True):
    """A request that another lead may confirm until an instant: its entry's number, who asked when
    and why, and for which entries.
    """

    request: int
    at: datetime
    account: str
    reason: str
    entries: tuple[int, ...]
    until: datetime


class Erasures(msgspec.Struct, frozen=True):
    """The requests that wait, and the entries whose time is over that only two leads erase."""

    requests: tuple[ErasureRequest, ...]
    due: tuple[int, ...]


class Acceptance(Body, frozen=True):
    """Why entries that were found unsigned, or sums that were found wrong, are accepted."""

    reason: Text


class DueContent(msgspec.Struct, frozen=True):
    """A content whose time is over: its entry's number, instant, kind and subjects."""

    entry: int
    at: datetime
    kind: str
    subjects: tuple[str, ...]


class RetentionDue(msgspec.Struct, frozen=True):
    """A rule of retention, and what is due by it; `contents` are the first of `number`."""

    rule: str
    label: BilingualText
    under: str
    months: int
    counts_from: str
    two_leads: bool
    kinds: tuple[str, ...]
    number: int
    contents: tuple[DueContent, ...]


class RetentionPlan(msgspec.Struct, frozen=True):
    """What the run at `at` erases as things stand; `disputed` subjects are kept."""

    at: datetime
    rules: tuple[RetentionDue, ...]
    disputed: tuple[str, ...]


class RegisterLine(Body, frozen=True):
    """A line of a register (R36): a request of an authority, an identity disclosed, or the
    circumstance in which somebody looks into a tenant's resources.
    """

    register: Literal["authority", "disclosure", "circumstance"]
    reference: Text
    text: Text
    tenant: str = ""


class Recorded(msgspec.Struct, frozen=True):
    """The number of the entry that records it."""

    entry: int


class FaultAnswer(msgspec.Struct, frozen=True):
    """The number of the entry: the acceptance, or the request where no other lead had asked yet."""

    entry: int
    accepted: bool


ANCHOR = post("/v1/evidence/anchor", Role.OPERATOR, NoneType, Head)
"""Sign the head now."""
EXPORT = post("/v1/evidence/pack", Role.OPERATOR, Case, Pack)
"""The pack of a subject, signed; a head is signed first when entries came after the last."""
ROTATE_KEY = post("/v1/evidence/key", Role.LEAD, NoneType, Head)
"""A new signing key, endorsed by the old one; the first head under it."""
ERASE = post("/v1/evidence/erase", Role.LEAD, Erasure, Recorded)
"""Ask for an erasure; the answer is the request's number. Another lead confirms it."""
CONFIRM_ERASURE = post("/v1/evidence/erasures/{number}/confirm", Role.LEAD, NoneType, Recorded)
ERASURES = get("/v1/evidence/erasures", Role.LEAD, Erasures)
ACCEPT_UNSIGNED = post("/v1/evidence/unsigned/{number}/acceptance", Role.LEAD, Acceptance, Recorded)
"""Accept what the entry of that number names as found unsigned."""
ACCEPT_FAULT = post("/v1/evidence/fault/acceptance", Role.LEAD, Acceptance, FaultAnswer)
"""Accept that the signed sums were found other than they were left, and have them signed anew:
the first lead asks, another who asks for the same tables within a day accepts.
"""
RETENTION = get("/v1/evidence/retention", Role.LEAD, RetentionPlan)
"""What the next nightly run erases, and why."""
REGISTER = post("/v1/evidence/registers", Role.OPERATOR, RegisterLine, Recorded)
