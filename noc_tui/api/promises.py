"""What people enter about the promises of annexe 2: restore tests, and limits of guests."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.roles import Role

Short = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Note = Annotated[str, msgspec.Meta(max_length=2000)]
GuestPlace = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}/[0-9]{1,9}\Z")]
"""A guest as `cluster/vmid`."""


class RestoreTest(Body, frozen=True):
    """A backup of a guest that was restored for a test; instants in RFC 3339 with their offset."""

    tenant: Short
    guest: GuestPlace
    tested_at: datetime
    outcome: Literal["ok", "failed"]
    backup_at: datetime | None = None
    note: Note = ""


Percent = Annotated[int, msgspec.Meta(ge=1, le=100)]


class Limits(Body, frozen=True):
    """The limits of a tenant, or of one of its guests, in percent; null for the wider one's."""

    tenant: Short
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    guest: GuestPlace | None = None
    cpu: Percent | None = None
    memory: Percent | None = None
    disk: Percent | None = None


class LimitsSet(msgspec.Struct, frozen=True):
    """The limits are in force from the next look on."""

    tenant: str
    guest: str


class Noted(msgspec.Struct, frozen=True):
    """The number of what was noted."""

    number: int


NOTE_RESTORE_TEST = post(
    "/v1/promises/restore-tests", Role.OPERATOR, RestoreTest, Noted, status=201
)
SET_LIMITS = post("/v1/promises/limits", Role.OPERATOR, Limits, LimitsSet)
