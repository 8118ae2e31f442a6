"""The base of all screens: commands declared once, data read on news, errors shown.

A screen subclasses `NocScreen[Data]` and gives

- `OFFERS`: what can be asked for here, beside what the app offers everywhere;
- `body()`: its widgets, between header and footer;
- `async def read(db, since)`: everything it shows, read from the database in one snapshot. `since`
  is the revision of the last reading, 0 for the first: read what changed only, where that pays.
  It runs in a worker and touches no widget. Return None when nothing of it changed;
- `show(data)`: draw it. Called on the interface's loop, while the screen is seen.

It never polls, and needs no timer for ages: `tick(now)` is called each second while it is seen.
Changes are asked of `nocd` with `await self.ask_nocd(...)` from an `@work` method: what `nocd`
refuses is shown, and None comes back.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

import msgspec
from textual import events, work
from textual.app import ComposeResult
from textual.message import Message

from noc_tui.api.endpoint import Request
from noc_tui.console.commands import Command, command_of, is_typed_into
from noc_tui.console.filter_line import FilterLine
from noc_tui.console.host import Host, host_of
from noc_tui.console.nocd.client import NocdError, RefusedError
from noc_tui.console.session import Session
from noc_tui.console.shell.footer import Footer
from noc_tui.console.shell.header import REQUESTS, Header
from noc_tui.console.table_commands import TABLE_COMMANDS, TableCommands
from noc_tui.i18n import N_, _
from noc_tui.text import visible
from storage.connection import Readable
from storage.errors import StorageError
from storage.reader import Reader
from storage.tables import Table
from widgets.live_table import LiveTable
from widgets.terminal_size import TerminalSized

if TYPE_CHECKING:  # a dialog comes with the first question
    from noc_tui.console.dialogs.base import WrittenDialog

Data = TypeVar("Data")
T = TypeVar("T")
V = TypeVar("V")
Row = TypeVar("Row", bound=msgspec.Struct)


WIDE = 110
"""Columns from which panes have a frame all around; below, the rule with their title."""
BROAD = 160
"""Columns from which what a row is about stands beside its table."""
ASKED_SECONDS = 0.3
"""A request that takes longer is shown as one that `nocd` works on."""


class Fresh(Message):
    """What a screen's `read` brought, and of which revision."""

    def __init__(self, data: object, revision: int) -> None:
        super().__init__()
        self.data = data
        self.revision = revision


class NocScreen(TerminalSized, TableCommands, Generic[Data]):
    """One screen between header and footer; see the module for how to make one."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide"), (BROAD, "-broad")]  # noqa: RUF012 -- as Textual declares it
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("screen.back", "escape", "back", N_("Back"), show=False),
        Command("screen.jump", "J", "jump", N_("Jump"), N_("A letter on each pane"), show=False),
    )
    BINDINGS = [command.binding for command in OFFERS]  # noqa: RUF012 -- as Textual declares it

    def __init_subclass__(cls, **options: Any) -> None:
        """Make Textual's bindings of the commands, before Textual collects them."""
        own: Iterable[Command] = cls.__dict__.get("OFFERS", ())
        cls.BINDINGS = [*cls.__dict__.get("BINDINGS", ()), *(command.binding for command in own)]
        super().__init_subclass__(**options)

    def __init__(self) -> None:
        super().__init__()
        self._read_revision = 0
        self._reading = False
        self._header: Header | None = None

    # What a screen gives.

    def body(self) -> ComposeResult:
        """The widgets between header and footer."""
        yield from ()

    async def read(self, db: Readable, since: int) -> Data | None:
        """Everything that this screen shows; None when nothing changed."""
        return None

    def show(self, data: Data) -> None:
        """Draw what `read` brought."""

    def tick(self, now: datetime) -> None:
        """A second has passed: redraw what grows old. Called only while the screen is seen, and
        not before it was first read: what is not read yet is not drawn as empty.
        """

    def pass_time(self, now: datetime) -> None:
        """Let what is shown grow older by a second."""
        if self.was_read:
            self.tick(now)
            self.age_filters(now)

    # What a screen has.

    @property
    def was_read(self) -> bool:
        """Whether anything was read for this screen."""
        return self._read_revision > 0

    @property
    def host(self) -> Host:
        """The app, as a screen knows it."""
        return host_of(self.app)

    @property
    def session(self) -> Session:
        """Clock, operator, configuration, `nocd`."""
        return self.host.session

    def now(self) -> datetime:
        """The present instant of `nocd`'s clock."""
        return self.session.clock.now()

    async def rows(self, table: Table[Row]) -> list[Row]:
        """All rows of a table, now: for a question that comes before the screen's own reading."""
        if self.session.reader is None:
            return []
        async with self.session.reader.snapshot() as db:
            return await table.read(db)

    async def ask_nocd(self, request: Request[T]) -> T | None:
        """Return what `nocd` answers to a request of `noc_tui.api`.

        What it does not do is shown to the operator with its own words, and gives None.
        """
        try:
            return await self._asked(request)
        except RefusedError as error:
            self.say(str(error), title=_("Refused"), severity="warning")
        except NocdError as error:
            self.say(str(error), title=_("Not done"), severity="error")
        return None

    async def ask_in(
        self,
        dialog: "WrittenDialog[V]",
        request_of: Callable[[V], Request[T] | Awaitable[Request[T]]],
    ) -> T | None:
        """Ask the operator in a dialog, then `nocd`; return what it answers, None where the
        operator left. The dialog stays, with what was typed, while `nocd` refuses it; so it does
        where `request_of` raises an OSError or a ValueError.
        """
        answered: list[T] = []

        async def take(value: V) -> str:
            try:
                made = request_of(value)
                request = await made if isinstance(made, Awaitable) else made
                answered.append(await self._asked(request))
            except (NocdError, OSError, ValueError) as error:
                return visible(str(error))
            return ""

        dialog.hand_to(take)
        await self.app.push_screen_wait(dialog)
        return answered[0] if answered else None

    async def _asked(self, request: Request[T]) -> T:
        """What `nocd` answers; the header says while it is waited for."""
        self.session.asking += 1
        late = self.set_timer(ASKED_SECONDS, self._tick_header)
        try:
            return await self.session.nocd.ask(request)
        finally:
            late.stop()
            self.session.asking -= 1
            self._tick_header()

    def _tick_header(self) -> None:
        if (header := self.header()) is not None:
            header.tick()

    def work_on(self, line: T | None, do: Callable[[T], Coroutine[Any, Any, object]]) -> None:
        """Do something with the row under the cursor, in a worker; nothing when there is none.

        The row is the one of this moment: a burst of keys moves the cursor before a worker begins.
        The cursor stays on it, wherever what is done to it puts the row.
        """
        if isinstance(self.focused, LiveTable):
            self.focused.hold()
        if line is not None:
            self.run_worker(do(line))

    def say(self, text: str, *, title: str = "", severity: str = "information") -> None:
        """A message to the operator; never markup."""
        self.host.say(text, title=title, severity=severity)

    @property
    def commands(self) -> tuple[Command, ...]:
        """The commands of this screen and of those it was made from."""
        classes = [kind for kind in type(self).__mro__ if issubclass(kind, TableCommands)]
        return tuple(command for kind in classes for command in kind.__dict__.get("OFFERS", ()))

    def key_of(self, identifier: str) -> str:
        """The key, as it is shown, that a command of this screen or of every header has now.

        A sentence that names a key takes it from here, so that it follows `[console.keys]`.
        """
        known = {one.id: one.key for one in (*self.commands, REQUESTS)}
        return self.host.key_of(identifier, known[identifier])

    @property
    def crumb(self) -> str:
        """What it is of, for the trail in the header; "" for a mode's own screen."""
        return visible(self.subject.partition(":")[2])

    def list_matching(self, text: str) -> None:
        """Filter its table by a text, or search for it."""
        if (table := self.table_in_use) is not None:
            self.filter_line.set(table, text)

    def action_back(self) -> None:
        """Go back to where this screen was opened from."""
        self.host.back()

    @work
    async def action_jump(self) -> None:
        """Put a letter on each pane, and go to the one that is typed."""
        from noc_tui.console.dialogs.jump import Jump  # after the first frame

        panes = [one for one in self.focus_chain if one.region.area]
        chosen = await self.app.push_screen_wait(Jump(panes))
        if chosen is not None:
            chosen.focus()

    # How it works.

    def compose(self) -> ComposeResult:
        self._header = Header()
        yield self._header
        yield from self.body()
        yield FilterLine()
        yield Footer()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A command above the operator's role, or in need of an absent `nocd`, is dimmed.

        One with priority is not offered while a field has the focus: its key is text there.
        """
        called = f"{action}({', '.join(map(repr, parameters))})" if parameters else action
        command = command_of(called, self.commands)
        if command is None:
            return True
        if command.priority and is_typed_into(self.focused):
            return False
        if command in TABLE_COMMANDS and not self.has_table:
            return False
        return True if self.host.allows(command) else None

    def on_key(self, event: events.Key) -> None:
        """Say why a key that is offered here does nothing now."""
        active = self.active_bindings.get(event.key)
        if active is None or active.enabled:
            return
        command = command_of(active.binding.action, self.commands)
        why = "" if command is None else self.host.why_not(command)
        if why:
            event.stop()
            self.say(why, severity="warning")

    def on_screen_resume(self) -> None:
        """Seen again: catch up with what happened meanwhile."""
        self._tick_header()
        self.renew()

    def renew(self, *, anew: bool = False) -> None:
        """Read when newer rows exist, or everything if `anew` is set."""
        if anew:
            self._read_revision = 0
        behind = self._read_revision == 0 or self._read_revision < self.session.sight.revision
        if behind and not self._reading and self.session.reader is not None:
            self._reading = True
            self._read_data()

    async def read_first(self) -> None:
        """Read and draw from `on_mount`: the first frame is drawn once, with its figures."""
        if self.session.reader is not None:
            self.on_fresh(await self._fresh(self.session.reader))

    @work(group="read")
    async def _read_data(self) -> None:
        try:
            if self.session.reader is not None:
                self.post_message(await self._fresh(self.session.reader))
        finally:
            self._reading = False

    async def _fresh(self, reader: Reader) -> Fresh:
        revision, since = self.session.sight.revision, self._read_revision
        try:
            async with reader.snapshot() as db:
                return Fresh(await self.read(db, since), revision)
        except StorageError as error:
            return Fresh(error, since)

    def on_fresh(self, message: Fresh) -> None:
        """Draw what was read, and read again when there is newer already."""
        message.stop()
        if isinstance(message.data, StorageError):
            self.say(str(message.data), title=_("Database"), severity="error")
            return
        self._read_revision = max(message.revision, 1)
        if not self._restored:
            self.restore_tables()
        if message.data is not None:
            self.show(cast(Data, message.data))
        if self.is_current:
            self.renew()

    @property
    def subject(self) -> str:
        """The case it shows (`tenant:acme`), which the others are told; "" for a list."""
        return ""

    def header(self) -> Header | None:
        """The header, while it is there."""
        there = self._header is not None and self._header.is_attached
        return self._header if there else None
