"""What an examination finds."""

from typing import Literal

import msgspec

Level = Literal["good", "warning", "bad"]


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at. `key` is the configuration's key, empty for the machine."""

    topic: str
    key: str
    level: Level
    text: str
