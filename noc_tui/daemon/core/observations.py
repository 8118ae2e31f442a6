"""What polls and probes saw, as they pass it on to the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Observation(NamedTuple):
    """A source was seen good, bad, or (None) nothing can be concluded; `reason` is a word."""

    source: str
    good: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class Round:
    """What one observer saw at an instant (microseconds).

    `placed` is where sources are now: (tenant, node) by source, whether or not that is new;
    `gone` are sources that are no longer anybody's. `watchers` names who observes a source, where
    it is another; `confirm` is how many failures in a row confirm an outage, if it has its own.
    """

    observer: str
    at: int
    observations: Sequence[Observation]
    placed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    gone: Sequence[str] = ()
    outside: bool = False
    watchers: Mapping[str, str] = field(default_factory=dict)
    confirm: int | None = None
