"""Worker threads per cluster: each owns a client, and a call has a total time limit.

The waits here are on sockets, and a socket's seconds are the machine's: time limits do not follow
the project's clock, which a demo may run a hundred times as fast.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait  # noqa: TID251 -- prepared below
from typing import Any, TypeVar

from noc_tui.cluster import errors
from noc_tui.cluster.client import Client
from noc_tui.cluster.connection_config import ClusterAccess
from noc_tui.cluster.endpoints import Endpoints
from noc_tui.cluster.token_file import TokenFile
from noc_tui.cluster.transport import PendingCall
from noc_tui.threads import in_thread, work_out_types

T = TypeVar("T")


class Circuit:
    """Opens for `pause` seconds after `limit` calls in a row hung; then one call is let through."""

    def __init__(self, limit: int, pause: float) -> None:
        self._limit = limit
        self._pause = pause
        self._hung = 0
        self._closed_until = 0.0

    def refuses(self, now: float) -> bool:
        """Whether a call is to be refused at `now` (monotonic seconds)."""
        if self._hung < self._limit:
            return False
        if now < self._closed_until:
            return True
        self._closed_until = now + self._pause
        return False

    def hung(self, now: float) -> None:
        """A call was given up."""
        self._hung += 1
        self._closed_until = now + self._pause

    def answered(self) -> None:
        """A call came back, with whatever answer."""
        self._hung = 0


class _Work:
    """A call that is queued or runs: what to cut when it takes too long."""

    def __init__(self) -> None:
        self.call = PendingCall()
        self.client: Client | None = None

    def cut(self) -> bool:
        """End it; True when a request of it may have reached the server."""
        sent = self.call.give_up()
        if self.client is not None:
            self.client.line.cut(self.call)
        return sent


class Workers:
    """Threads that hold one token's clients for one cluster.

    A call's time limit covers its wait for a free thread. When it passes, the connection is cut,
    so that the thread comes back. Calls that hang open a circuit of their own by `about` (a node,
    or "" for the cluster), so that one dead node does not blind the rest.
    """

    def __init__(
        self,
        access: ClusterAccess,
        token: TokenFile,
        endpoints: Endpoints,
        *,
        threads: int,
        silence: float,
    ) -> None:
        self._access = access
        self._endpoints = endpoints
        self._make: Callable[[], Client] = lambda: Client(access, token, endpoints, silence)
        work_out_types()
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=f"{access.name}-")
        self._local = threading.local()
        self._running: dict[Future[Any], _Work] = {}  # the results are not looked at
        self._clients: list[Client] = []
        self._circuits: dict[str, Circuit] = {}
        self._closed = False

    async def run(
        self,
        work: Callable[[Client], T],
        seconds: float,
        *,
        about: str = "",
        is_write: bool = False,
    ) -> T:
        """`work` in a thread, at most `seconds`. A read that is cancelled is cut; a write that is
        cancelled is let finish.
        """
        now = asyncio.get_running_loop().time
        limits = self._access.limits
        asked = self._endpoints.current
        circuit = self._circuits.setdefault(about, Circuit(limits.hanging, limits.pause))
        if circuit.refuses(now()):
            raise errors.CircuitOpen(self._access.name, None, f"{limits.hanging} calls hang")
        if self._closed:
            raise errors.CircuitOpen(self._access.name, None, "the gateway was closed")
        item = _Work()
        future = self._executor.submit(self._in_thread, work, item)
        self._running[future] = item
        future.add_done_callback(self._done)
        answer = asyncio.wrap_future(future)
        answer.add_done_callback(_looked_at)
        try:
            done, _ = await asyncio.wait({answer}, timeout=seconds)
        except asyncio.CancelledError:
            if not is_write and not future.cancel():
                item.cut()
            raise
        if not done:
            circuit.hung(now())
            if not about:
                self._endpoints.leave(asked)
            sent = not future.cancel() and item.cut()
            raise self._expired(item, seconds, is_write and sent)
        if isinstance(answer.exception(), errors.TimedOut):
            circuit.hung(now())
        else:
            circuit.answered()
        return answer.result()

    def _in_thread(self, work: Callable[[Client], T], item: _Work) -> T:
        client: Client | None = getattr(self._local, "client", None)
        if client is None:
            client = self._local.client = self._make()
            self._clients.append(client)
        client.line.begin(item.call)
        item.client = client
        return work(client)

    def _done(self, future: Future[Any]) -> None:
        self._running.pop(future, None)

    def _expired(self, item: _Work, seconds: float, may_have_happened: bool) -> errors.ClusterError:
        said = f"no complete answer within {seconds:g} s"
        endpoint = None if item.client is None else item.client.asking
        if may_have_happened:
            return errors.AmbiguousOutcome(self._access.name, endpoint, said)
        return errors.TimedOut(self._access.name, endpoint, said)

    async def close(self) -> None:
        """Take no more calls, cut those that run, give their threads two seconds to end, and close
        the connections.
        """
        self._closed = True
        running = dict(self._running)
        for item in running.values():
            item.cut()
        self._executor.shutdown(wait=False, cancel_futures=True)
        outcome = await in_thread(wait, running, 2.0)
        if not outcome.not_done:
            for client in self._clients:
                client.close()


def _looked_at(answer: "asyncio.Future[T]") -> None:
    """What a call that nobody waits for any more ends with was told as its time-out already."""
    if not answer.cancelled():
        answer.exception()
