"""The list of the daemon's parts, in the order in which they look at a poll."""

from collections.abc import Callable, Sequence

from noc_tui.daemon import (
    availability,
    doctor,
    evidence,
    guests,
    inquiries,
    oncall,
    outbox,
    scope,
    slow,
    suspension,
    tenants,
)
from noc_tui.daemon.context import Context
from noc_tui.daemon.part import Part

PARTS: Sequence[Callable[[Context], Part]] = (
    doctor.build,
    evidence.build,
    guests.build,
    inquiries.build,
    outbox.build,
    tenants.build,
    slow.build,
    availability.build,
    oncall.build,
    suspension.build,
    scope.build,
)


def build_parts(context: Context) -> list[Part]:
    """All of them, over one context."""
    return [build(context) for build in PARTS]
