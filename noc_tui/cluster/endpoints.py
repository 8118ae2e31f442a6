"""The endpoints of one cluster: which one is asked now, and what each one said last."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

from noc_tui.cluster.errors import ClusterError


@dataclass(frozen=True, slots=True)
class EndpointState:
    """One endpoint; `error` is why it gave no answer when it was asked last, None if it did."""

    endpoint: str
    error: ClusterError | None = None


class Endpoints:
    """Shared by the threads of a cluster. An endpoint that was never asked counts as answering."""

    def __init__(self, endpoints: tuple[str, ...]) -> None:
        self._endpoints = endpoints
        self._index = 0
        self._failures: dict[str, tuple[int, ClusterError]] = {}
        self._count = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._endpoints)

    def __iter__(self) -> Iterator[str]:
        return iter(self._endpoints)

    @property
    def current(self) -> str:
        """The endpoint in use."""
        return self._endpoints[self._index]

    def leave(self, endpoint: str) -> str:
        """Turn to the next endpoint, one that failed last time coming last, unless another thread
        already did; returns the one in use.
        """
        with self._lock:
            if self.current == endpoint:
                self._index = self._endpoints.index([*self._others(endpoint), endpoint][0])
            return self.current

    def use(self, endpoint: str) -> None:
        """Turn to that endpoint."""
        with self._lock:
            self._index = self._endpoints.index(endpoint)

    def others(self, endpoint: str) -> list[str]:
        """The other endpoints in the order of asking: those that failed last time come last."""
        with self._lock:
            return self._others(endpoint)

    def _others(self, endpoint: str) -> list[str]:
        start = self._endpoints.index(endpoint)
        rest = [*self._endpoints[start + 1 :], *self._endpoints[:start]]
        return sorted(rest, key=lambda one: one in self._failures)

    def answered(self, endpoint: str) -> None:
        """It answered, whatever it said."""
        with self._lock:
            self._failures.pop(endpoint, None)

    def failed(self, endpoint: str, error: ClusterError) -> None:
        """It gave no answer, or is not trusted."""
        with self._lock:
            self._count += 1
            self._failures[endpoint] = (self._count, error)

    @property
    def failures(self) -> int:
        """How often an endpoint failed so far."""
        return self._count

    def failed_after(self, endpoint: str, failures: int) -> bool:
        """Whether it failed since that many failures had been counted, and still does."""
        with self._lock:
            found = self._failures.get(endpoint)
            return found is not None and found[0] > failures

    def states(self) -> tuple[EndpointState, ...]:
        """What each endpoint said last, in the configured order."""
        with self._lock:
            return tuple(
                EndpointState(one, self._failures[one][1] if one in self._failures else None)
                for one in self._endpoints
            )
