"""What the console knows of its own sight: how old the data is, and whether `nocd` is there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from storage.inventory import Source


class Daemon(Enum):
    """`nocd` as this console sees it."""

    ASKING = "asking"
    LIVE = "live"
    DOWN = "down"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Sight:
    """The state of all sources; `database_error` when the file itself cannot be read."""

    daemon: Daemon = Daemon.ASKING
    sources: tuple[Source, ...] = ()
    revision: int = 0
    database_error: str = ""

    def stale(self, now: datetime) -> tuple[Source, ...]:
        """The sources whose data is past its due time."""
        return tuple(source for source in self.sources if is_stale(source, now))

    def age(self, now: datetime) -> timedelta | None:
        """How old the oldest of the sources' data is; None when nothing was ever seen."""
        return oldest(self.sources, now)

    def of(self, cluster: str) -> tuple[Source, ...]:
        """The sources of one cluster."""
        return tuple(source for source in self.sources if source.cluster == cluster)


def is_stale(source: Source, now: datetime) -> bool:
    """Whether a source's data is older than it may be; never seen is stale."""
    return source.seen_at is None or now - source.seen_at > timedelta(seconds=source.due_seconds)


def oldest(sources: Iterable[Source], now: datetime) -> timedelta | None:
    """The age of the source that is furthest behind its own rhythm; None when one was never seen.

    Sources come round at different rhythms, so the one nearest its due time speaks for all.
    """
    known = list(sources)
    seen = [source for source in known if source.seen_at is not None]
    if not seen or len(seen) < len(known):
        return None
    slowest = max(seen, key=lambda source: _share(source, now))
    assert slowest.seen_at is not None  # noqa: S101 -- filtered above; this tells mypy
    return now - slowest.seen_at


def _share(source: Source, now: datetime) -> float:
    assert source.seen_at is not None  # noqa: S101 -- callers filter; this tells mypy
    return (now - source.seen_at).total_seconds() / source.due_seconds
