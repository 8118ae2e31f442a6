"""Simulated time: what is to happen, in order, each at its own instant.

Nothing runs on its own: whoever looks at the world first moves it on to the clock's present, so
that the same clock always shows the same world, whether it ticks, races or is stepped by a test.
"""

import heapq
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Timeline:
    """Events by due time; instants are seconds since the epoch."""

    now: float
    _due: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=itertools.count)

    def at(self, when: float, event: Callable[[], None]) -> None:
        """Let `event` happen at `when`, or at once when that has passed."""
        heapq.heappush(self._due, (max(when, self.now), next(self._order), event))

    def after(self, seconds: float, event: Callable[[], None]) -> None:
        self.at(self.now + seconds, event)

    def every(self, seconds: float, event: Callable[[], None], first: float) -> None:
        """Repeat `event` from the instant `first` on."""

        def again() -> None:
            event()
            self.at(self.now + seconds, again)

        self.at(first, again)

    def advance(self, to: float) -> None:
        """Play everything that is due until `to`; time never goes back."""
        while self._due and self._due[0][0] <= to:
            when, _, event = heapq.heappop(self._due)
            self.now = max(self.now, when)
            event()
        self.now = max(self.now, to)
