"""Requests that announce something to tenants: maintenance windows, and changes of the service
(R35).
"""

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.api.evidence import Recorded
from noc_tui.roles import Role


class Maintenance(Body, frozen=True):
    """A maintenance window; its ends are RFC 3339 with their offset. Its tenants are mailed.

    `place` is what is worked on, a cluster or `cluster/node`: the mail names each tenant's VMs that
    run there. Empty, it names all of a tenant's.
    """

    title: str
    start: str
    end: str
    tenants: tuple[str, ...]
    reason: str
    place: str = ""


class Cancellation(Body, frozen=True):
    """Why a window is called off: its time counts again."""

    reason: str


class Window(msgspec.Struct, frozen=True):
    """The window's number."""

    maintenance: int


class ServiceChange(Body, frozen=True):
    """A change of the service, told to the tenants that are named, or to all."""

    subject: str
    body: str
    tenants: tuple[str, ...] = ()


PLAN_MAINTENANCE = post("/v1/maintenance", Role.OPERATOR, Maintenance, Window, status=201)
CANCEL_MAINTENANCE = post("/v1/maintenance/{number}/cancel", Role.OPERATOR, Cancellation, Window)
TELL_CHANGE = post("/v1/service-changes", Role.LEAD, ServiceChange, Recorded, status=201)
