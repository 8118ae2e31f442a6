"""The outcome of one attempt to send, whatever the protocol."""

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec

from storage.outbox import Message


class DeliveryOutcome(msgspec.Struct, frozen=True):
    """`retry`: surely not taken over, to be tried again. `unknown`: handed over, no answer came.

    `said` is the other side's own words, or the network's.
    """

    state: Literal["accepted", "refused", "retry", "unknown"]
    said: str


Send = Callable[[Message], Awaitable[DeliveryOutcome]]

_DELAYS = (30, 60, 120, 300, 600, 900)


def delay(attempts: int) -> float:
    """Seconds until the next attempt after that many: 30, doubling about, at most 15 minutes."""
    return _DELAYS[min(max(attempts, 1), len(_DELAYS)) - 1]
