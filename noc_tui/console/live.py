"""Follows the database: `nocd`'s event stream says when it moved; while `nocd` is down the
revision is read once a second.

It posts messages and touches no widget. `Sighted` says what the sources' state is now; `News` that
rows of a newer revision are there: each screen that is seen then reads what it shows, once, and no
screen ever polls.
"""

import asyncio
from collections.abc import Callable

from msgspec.structs import replace
from textual.message import Message

from noc_tui.alive import listens
from noc_tui.clock import SystemClock
from noc_tui.console.data_freshness import Daemon, Sight
from noc_tui.console.nocd.client import DownError, NocdError, RefusedError
from noc_tui.console.session import Session
from noc_tui.views.next_order import NextOrder, list_next_orders
from noc_tui.views.published_clock import clock_of
from storage import settings, tables
from storage.errors import StorageError
from storage.inventory import SOURCES
from storage.oncall import duty
from storage.reader import Reader
from storage.suspension import cases_awaiting_approval, scheduled_cases

RETRY_SECONDS = 2.0
LOOK_SECONDS = 1.0
SECRET_SECONDS = 15.0


class Sighted(Message):
    """The state of the sources or of `nocd` changed."""

    def can_replace(self, message: Message) -> bool:
        """Only the newest matters."""
        return isinstance(message, Sighted)


class News(Message):
    """Rows of a newer revision can be read."""

    def can_replace(self, message: Message) -> bool:
        """Only the newest matters."""
        return isinstance(message, News)


class Live:
    """One follower a console. It waits in real seconds: a demo's clock may race."""

    def __init__(self, session: Session, post: Callable[[Message], object]) -> None:
        self._session = session
        self._post = post
        self._pace = SystemClock()
        self._secret: tuple[NextOrder, ...] = ()
        self._woken = asyncio.Event()

    async def look(self) -> None:
        """Read the state of the sources once, and announce it and newer rows."""
        session = self._session
        try:
            reader = await self._reader()
            async with reader.snapshot() as db:
                revision = await tables.revision(db)
                if revision == session.sight.revision and not session.sight.database_error:
                    return
                clock = clock_of(await settings.read_clock(db))
                sources = tuple(await SOURCES.read(db))
                session.duty = await duty(db, clock.now())
                session.requests = tuple(
                    filter(session.may_approve, await cases_awaiting_approval(db))
                )
                session.planned = list_next_orders(await scheduled_cases(db), self._secret)
        except StorageError as error:
            self._announce(replace(session.sight, database_error=str(error)))
            return
        session.clock = clock
        now = replace(session.sight, sources=sources, revision=revision, database_error="")
        self._announce(now)

    async def run(self) -> None:
        """Follow until cancelled. What nobody foresaw in one half ends both, and so the console:
        better than one that looks on and reads nothing.
        """
        async with asyncio.TaskGroup() as halves:
            halves.create_task(self._look_when_woken())
            halves.create_task(self._be_woken())
            if self._session.who.confidential:
                halves.create_task(self._ask_for_secret())

    async def _be_woken(self) -> None:
        while True:
            await self._follow_nocd()
            await self._look_alone()

    async def _ask_for_secret(self) -> None:
        """Ask `nocd` for the orders that stand in no file which a console reads, again and again:
        nothing says when one changes.
        """
        from noc_tui.api.suspension import PLANNED  # after the first frame

        session = self._session
        while True:
            try:
                found = await session.nocd.ask(PLANNED())
            except (DownError, NocdError, RefusedError):
                self._secret = ()
            else:
                self._secret = tuple(
                    NextOrder(one.case, one.tenant_name, one.starts_at, secret=True)
                    for one in found.orders
                    if one.secret
                )
            known = [one for one in session.planned if not one.secret]
            session.planned = list_next_orders((), [*known, *self._secret])
            await self._pace.sleep(SECRET_SECONDS)

    async def close(self) -> None:
        """Close the reader, which would keep the process from ending."""
        if self._session.reader is not None:
            await self._session.reader.close()

    async def _reader(self) -> Reader:
        session = self._session
        if session.reader is None:
            path = session.config.database.path
            session.reader = await Reader.open(path, daemon_alive=self._daemon_alive)
        return session.reader

    def _daemon_alive(self) -> bool:
        return listens(self._session.config.socket.path)

    async def _follow_nocd(self) -> None:
        """Be told by `nocd`, until it goes or refuses."""
        from noc_tui.api.core import EVENTS  # after the first frame

        try:
            after = self._session.sight.revision
            async with self._session.nocd.lines(EVENTS(after=after)) as lines:
                self._daemon(Daemon.LIVE)
                self._woken.set()
                async for line in lines:
                    if line.startswith("data:"):
                        self._woken.set()
                    if line:
                        self._writing(line)
            self._daemon(Daemon.DOWN)
        except RefusedError:
            self._daemon(Daemon.REFUSED)
        except (DownError, NocdError):
            self._daemon(Daemon.DOWN)

    async def _look_alone(self) -> None:
        """While nobody tells us: look whether the file moved, then try `nocd` again."""
        waited = 0.0
        while waited < RETRY_SECONDS:
            await self._pace.sleep(LOOK_SECONDS)
            waited += LOOK_SECONDS
            self._woken.set()

    async def _look_when_woken(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            await self.look()

    def _daemon(self, state: Daemon) -> None:
        self._announce(replace(self._session.sight, daemon=state, unwritable=""))

    def _writing(self, line: str) -> None:
        """Each line of the stream says whether `nocd` can write: `database: KIND` where not."""
        field, _, kind = line.partition(":")
        unwritable = kind.strip() if field == "database" else ""
        if unwritable != self._session.sight.unwritable:
            self._announce(replace(self._session.sight, unwritable=unwritable))

    def _announce(self, now: Sight) -> None:
        before, self._session.sight = self._session.sight, now
        if now != replace(before, revision=now.revision):
            self._post(Sighted())
        if now.revision != before.revision:
            self._post(News())
