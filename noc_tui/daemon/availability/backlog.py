"""Rounds that were observed while nothing can be written, in their order, in memory and bounded.

A round keeps its instant. Of a source that is seen the same again and again only as many sights are
kept as can still change its state; that its observer looked is kept of each round. When there is no
room left, no more is taken: the time after it is a gap in the ledger, as for any observer of whom
nothing was heard.
"""

from collections import deque
from dataclasses import replace

from noc_tui.daemon.core.observations import Observation, Round

MOST_ROUNDS = 50_000
"""Some hours of ten clusters and two hundred probes; about a kilobyte each."""


class Backlog:
    """What waits to be recorded, the oldest first. `repeats` is how often the same is kept."""

    def __init__(self, repeats: int, most: int = MOST_ROUNDS) -> None:
        self._repeats = repeats
        self._most = most
        self._rounds: deque[tuple[Round, int]] = deque()
        self._seen: dict[str, tuple[bool | None, str, int]] = {}
        self._placed: dict[str, tuple[str, str] | None] = {}
        self._refused = 0

    def __len__(self) -> int:
        return len(self._rounds)

    @property
    def refused(self) -> int:
        """How many rounds found no room since it was last empty."""
        return self._refused

    @property
    def first(self) -> tuple[Round, int]:
        """The oldest round, and the silence in microseconds after which there is a gap."""
        return self._rounds[0]

    def add(self, seen: Round, tolerance: int) -> None:
        """Take in a round, unless there is no room."""
        if len(self._rounds) >= self._most:
            self._refused += 1
            return
        slim = replace(
            seen,
            observations=[one for one in seen.observations if self._is_news(one)],
            placed={source: at for source, at in seen.placed.items() if self._moves(source, at)},
            gone=[source for source in seen.gone if self._moves(source, None)],
        )
        self._rounds.append((slim, tolerance))

    def pop(self) -> None:
        """The oldest round is on record."""
        self._rounds.popleft()
        if not self._rounds:
            self._seen.clear()
            self._placed.clear()
            self._refused = 0

    def _is_news(self, one: Observation) -> bool:
        good, reason, times = self._seen.get(one.source, (None, "", 0))
        times = times + 1 if (good, reason) == (one.good, one.reason) else 1
        self._seen[one.source] = (one.good, one.reason, times)
        return times <= self._repeats

    def _moves(self, source: str, place: tuple[str, str] | None) -> bool:
        if source in self._placed and self._placed[source] == place:
            return False
        self._placed[source] = place
        return True
