"""What an examination finds."""

from datetime import datetime
from typing import Literal

import msgspec

Level = Literal["good", "warning", "bad"]


class Expiry(msgspec.Struct, frozen=True):
    """Until when something holds and how many whole days are left; None for ever."""

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
