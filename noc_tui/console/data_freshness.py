"""What the console knows about its data: the age of each source, and whether `nocd` answers."""

from datetime import datetime, timedelta
from enum import Enum

import msgspec

from noc_tui.views.ages import is_stale
from storage.inventory import Source

FAST = "fast"
"""The name of the fast source: states of guests and nodes, and tasks."""


class Daemon(Enum):
    """The state of `nocd` as this console sees it."""

    ASKING = "asking"
    LIVE = "live"
    DOWN = "down"
    REFUSED = "refused"


class Sight(msgspec.Struct, frozen=True):
    """The state of all sources; `database_error` when the file itself cannot be read.

    `unwritable` is why `nocd` cannot write it (a kind of `storage.errors.UnwritableError`), and ""
    where it can or is not heard.
    """

    daemon: Daemon = Daemon.ASKING
    sources: tuple[Source, ...] = ()
    revision: int = 0
    database_error: str = ""
    unwritable: str = ""

    def stale(self, now: datetime) -> tuple[Source, ...]:
        """The sources whose data is past its due time."""
        return tuple(source for source in self.sources if is_stale(source, now))

    def stale_clusters(self, now: datetime) -> frozenset[str]:
        """The clusters whose guests, nodes and tasks were not seen for too long."""
        return frozenset(s.cluster for s in self.sources if s.name == FAST and is_stale(s, now))

    def seen_until(self, now: datetime) -> datetime:
        """Return until when the data is known to be true: now, or the last poll if it is stale."""
        seen = [source.seen_at for source in self.sources if source.name == FAST]
        if not seen or not self.stale_clusters(now):
            return now
        return max((at for at in seen if at is not None), default=now)

    def age(self, now: datetime) -> timedelta | None:
        """Return the age of the oldest cluster's data; None if a cluster was never seen."""
        seen = [source.seen_at for source in self.sources if source.name == FAST]
        known = [at for at in seen if at is not None]
        return now - min(known) if known and len(known) == len(seen) else None

    def of(self, cluster: str) -> tuple[Source, ...]:
        """The sources of one cluster."""
        return tuple(source for source in self.sources if source.cluster == cluster)
