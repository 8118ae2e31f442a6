"""What of the daemon fails now, for the alerts and for whoever asks after its health."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from noc_tui.clock import Clock
from noc_tui.text import visible

REMEMBERED = timedelta(minutes=5)
"""A service that worked for so long after a failure has recovered."""
LOOKED_BACK = timedelta(minutes=2)
"""For how long after its end an interruption of writing is an alert: before, none can be stored."""

BRIEF = timedelta(seconds=15)
"""A shorter interruption, such as another program's own write, is on record and wakes nobody."""


class Interruption(msgspec.Struct, frozen=True):
    """A time in which nothing could be written; `until` is None while it lasts. `failed_at` is when
    a change failed last.
    """

    kind: str
    text: str
    since: datetime
    until: datetime | None = None
    failed_at: datetime | None = None

    @property
    def brief(self) -> bool:
        """Whether it is one of those that wake nobody."""
        return (self.failed_at or self.since) - self.since < BRIEF


@dataclass(slots=True)
class Failures:
    """Services that failed, by name, and the last interruption of writing; `unstamped` is why the
    time-stamping authority has failed several times in a row, empty while it has not.
    """

    clock: Clock
    interruption: Interruption | None = None
    unstamped: str = ""
    _services: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    def note(self, service: str, error: BaseException) -> None:
        """Remember that a service failed just now."""
        said = visible(str(error)) or type(error).__name__
        self._services[service] = (self.clock.now(), f"{type(error).__name__}: {said}"[:200])

    @property
    def services(self) -> dict[str, str]:
        """The services that failed lately, with why."""
        since = self.clock.now() - REMEMBERED
        return {name: said for name, (at, said) in self._services.items() if at > since}

    @property
    def interrupted(self) -> Interruption | None:
        """The interruption that lasts, or is over since a moment only."""
        found = self.interruption
        if found is None or found.until is None:
            return found
        return found if self.clock.now() - found.until < LOOKED_BACK else None
