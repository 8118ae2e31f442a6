"""What people enter about the promises of annexe 2: restore tests, limits of guests, licences and
their audits, and where the cloud's end of a VPN or a firewall can be probed.
"""

from datetime import date, datetime
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


class SuppliedLicence(Body, frozen=True):
    """Licences that the hoster supplies: to one guest, or to any of the tenant's."""

    tenant: Short
    kind: Literal["os", "hypervisor", "microsoft-service", "rds-cal"]
    product: Short
    supplied_from: date
    quantity: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1
    guest: GuestPlace | None = None
    note: Note = ""


class LicenceEnd(Body, frozen=True):
    """The first day on which a licence is no longer supplied."""

    ended_on: date


class Audit(Body, frozen=True):
    """An audit of art. 13.2: the hoster bears its cost, the client where it finds a breach."""

    tenant: Short
    held_at: datetime
    outcome: Literal["compliant", "breach"]
    findings: Annotated[str, msgspec.Meta(min_length=1, max_length=8000)]


class Edge(Body, frozen=True):
    """Our end of a VPN, or a firewall in front of the tenant: https://…, tcp://…, icmp://…."""

    tenant: Short
    kind: Literal["vpn", "firewall"]
    target: Short
    watched: bool = True


class EdgeSet(msgspec.Struct, frozen=True):
    """Whether the endpoint is watched from now on."""

    tenant: str
    kind: str
    target: str
    watched: bool


class Noted(msgspec.Struct, frozen=True):
    """The number of what was noted."""

    number: int


NOTE_RESTORE_TEST = post(
    "/v1/promises/restore-tests", Role.OPERATOR, RestoreTest, Noted, status=201
)
SET_LIMITS = post("/v1/promises/limits", Role.OPERATOR, Limits, LimitsSet)
SUPPLY_LICENCE = post("/v1/promises/licences", Role.OPERATOR, SuppliedLicence, Noted, status=201)
END_LICENCE = post("/v1/promises/licences/{number}/end", Role.OPERATOR, LicenceEnd, Noted)
RECORD_AUDIT = post("/v1/promises/licence-audits", Role.LEAD, Audit, Noted, status=201)
SET_EDGE = post("/v1/promises/edges", Role.LEAD, Edge, EdgeSet)
