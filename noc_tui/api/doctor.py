"""The examination of the configuration, of clusters, backup servers, tokens and probes."""

from datetime import datetime
from typing import Literal

import msgspec

from noc_tui.api.endpoint import get
from noc_tui.roles import Role

Level = Literal["good", "warning", "bad"]


class Expiry(msgspec.Struct, frozen=True):
    """Until when something holds and how many whole days are left; null for ever."""

    rule: Literal["certificate", "token"]
    name: str
    at: datetime | None = None
    days: int | None = None


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was looked at. `key` is the configuration's key, empty for the machine."""

    topic: str
    key: str
    level: Level
    text: str
    expiry: Expiry | None = None


DOCTOR = get("/v1/doctor", Role.OPERATOR, list[Finding])
"""Every cluster and backup server is tried with the tokens that are configured."""
