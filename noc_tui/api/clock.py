"""The clock of `nocd`: whether the machine's is believed, and a lead's word that it is right."""

from datetime import datetime

import msgspec

from noc_tui.api.endpoint import get, post
from noc_tui.roles import Role


class ClockState(msgspec.Struct, frozen=True):
    """`now` is nocd's time; the machine's is `jump_seconds` ahead of it (negative: behind) while
    it is in doubt, 0 otherwise. `unsettled`: what cannot be undone waits.
    """

    now: datetime
    jump_seconds: int
    unsettled: bool


CLOCK = get("/v1/clock", Role.VIEWER, ClockState)
CONFIRM_CLOCK = post("/v1/clock/confirm", Role.LEAD, type(None), ClockState)
