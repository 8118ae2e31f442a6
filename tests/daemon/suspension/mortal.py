"""`nocd` in processes that SIGKILL meets at a boundary: `python -m tests.daemon.suspension.mortal`.

Each line of its input is a life: `nocd` in a process that is forked from this one, so that what it
imports is loaded once. Its output has a line when a life is ready, and one with how it ended.

Boundaries are the request that orders a suspension or its end, and from then on each commit and
each effect outside, just after it: what is before one is after the one before. They are called by
what happened, so that every run has the same ones: `order: commit suspension.executed (1)`.
"""

import asyncio
import gc
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from aiohttp import web

from noc_tui.api.endpoint import Endpoint
from noc_tui.cluster.gateway import Gateway
from noc_tui.daemon.outbox.smtp import SmtpSender
from noc_tui.daemon.paging import webhook
from noc_tui.daemon.program.run import run
from noc_tui.daemon.suspension import runner
from noc_tui.daemon.suspension.routes import Routes
from storage.change import Change
from storage.database import Writer
from storage.evidence import Actor

PARTS = ("noc_tui.daemon.suspension.", "noc_tui.daemon.outbox.")
VERBS = frozenset(("order", "remedy"))
Call = Callable[..., Coroutine[Any, Any, Any]]


class Life(msgspec.Struct, frozen=True):
    """A daemon to come: its configuration, the file of what it passes, and where it dies."""

    config: str
    notes: str
    dies_at: str = ""


class Boundaries:
    """Counts what is passed since the last verb, writes it down, and dies where it is to."""

    _entries: ClassVar[list[str]] = []

    def __init__(self, life: Life) -> None:
        self._life = life
        self._notes = os.open(life.notes, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._verb = ""
        self._seen: Counter[str] = Counter()

    def begin(self, verb: str) -> None:
        """The first boundary: nothing was done yet. Count anew."""
        self._verb = verb
        self._seen.clear()
        self.reach("asked")

    def reach(self, what: str) -> None:
        """A boundary: perhaps the last."""
        if not self._verb:
            return
        self._seen[what] += 1
        name = f"{self._verb}: {what} ({self._seen[what]})"
        os.write(self._notes, f"{name}\n".encode())
        if name == self._life.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def guard(self) -> None:
        """Put boundaries behind commits, writes to clusters, mails."""
        begin, record, route = Writer.change, Change.record, Routes.verb

        async def noted(change: Change, kind: str, *words: Any, **named: Any) -> int:
            self._entries.append(kind)
            return await record(change, kind, *words, **named)

        def begun(routes: Routes, endpoint: Endpoint[Any, Any], act: Call) -> web.RouteDef:
            verb = endpoint.path.rpartition("/")[2]

            async def acted(asked: Any) -> Any:
                if verb in VERBS:
                    self.begin(verb)
                return await act(asked)

            return route(routes, endpoint, acted)

        def committed(
            writer: Writer, actor: Actor, *, quiet: bool = False
        ) -> AbstractAsyncContextManager[Change]:
            caller = sys._getframe(1)
            ours = caller.f_globals["__name__"].startswith(PARTS)
            change = begin(writer, actor, quiet=quiet)
            return self._commit(change, caller.f_code.co_qualname) if ours else change

        for owner, name, instead in (
            (Writer, "change", committed),
            (Change, "record", noted),
            (Routes, "verb", begun),
            (Gateway, "write", self._after("write", Gateway.write)),
            (SmtpSender, "send", self._after("send", SmtpSender.send)),
            (runner, "PATIENCE_SECONDS", 3600.0),  # a busy machine must not add a boundary
        ):
            setattr(owner, name, instead)

    @asynccontextmanager
    async def _commit(
        self, begun: AbstractAsyncContextManager[Change], caller: str
    ) -> AsyncIterator[Change]:
        async with begun as change:
            self._entries.clear()
            yield change
            what = "+".join(self._entries) or caller
        self.reach(f"commit {what}")

    def _after(self, what: str, call: Call) -> Call:
        async def guarded(*words: Any, **named: Any) -> Any:
            answer = await call(*words, **named)
            self.reach(what)
            return answer

        return guarded


def live(life: Life) -> None:
    """`nocd`, until it dies, is told to stop, or the test is gone."""
    Boundaries(life).guard()
    run(Path(life.config), lambda: _say(ready=os.getpid()), until_eof=True)


def _say(**what: int) -> None:
    os.write(1, msgspec.json.encode(what) + b"\n")


async def _warm() -> None:
    """Load what a daemon loads when it first needs it."""
    async with webhook.client():
        pass


def main() -> None:
    """One life after another, until the input ends."""
    decoder = msgspec.json.Decoder(Life)
    asyncio.run(_warm())
    gc.freeze()
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            live(decoder.decode(line))
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        _say(ended=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
