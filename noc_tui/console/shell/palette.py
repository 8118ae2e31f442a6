"""One line for everything: a screen, a name, a number or a command, by a few letters.

`:guests mem>8G` opens a screen with a filter, `:theme noc-light` takes a theme. What was gone to
is proposed first when the line is opened again.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.command import Command as TextualCommand
from textual.command import (
    CommandInput,
    CommandList,
    CommandPalette,
    DiscoveryHit,
    Hit,
    Hits,
    Provider,
)
from textual.content import Content
from textual.widgets import Input
from textual.worker import Worker

from noc_tui.console.host import host_of
from noc_tui.console.modes import MODES
from noc_tui.console.references import FilteredMode
from noc_tui.console.shell import themes
from noc_tui.console.shell.places import Place, mode_places, read_places
from noc_tui.i18n import N_, _
from noc_tui.text import visible
from widgets.folding import fold
from widgets.terminal_size import TerminalSized

LIMIT = 40
NOT_HERE = ("table.up", "table.down", "table.page", "table.first", "table.last", "mode.")
"""Moving about in a table is not worth a line of the palette, and modes have theirs."""
Go = Callable[[], object]


class Places(Provider):
    """What can be done here, from the declarations of its keys; everything that can be gone to."""

    async def startup(self) -> None:
        """Begin to read names, once, when the palette opens.

        A search waits for them behind a shield: it is given up at the next letter, and must not
        take the reading along, or nothing would ever be found.
        """
        self._places: list[Place] = [*mode_places()]
        self._reading = asyncio.create_task(self._read())

    async def shutdown(self) -> None:
        self._reading.cancel()

    async def _read(self) -> None:
        session = host_of(self.app).session
        if session.reader is None:
            return
        async with session.reader.snapshot() as db:
            self._places += [place async for place in read_places(db, session.clock.now())]

    async def discover(self) -> Hits:
        """Where the operator went last, then what can be done here."""
        await asyncio.shield(self._reading)
        visited = host_of(self.app).habits.known.visited
        by_name = {(place.kind, place.shown): place for place in self._places}
        for known in visited:
            if (place := by_name.get(known)) is not None:
                yield DiscoveryHit(
                    Content(visible(place.shown)), self._going_to(place), help=_describe(place)
                )
        for words, go in self._offered_commands():
            yield DiscoveryHit(words, go)

    async def search(self, query: str) -> Hits:
        await asyncio.shield(self._reading)
        terms = fold(query.removeprefix(":")).split()
        nothing = True
        commands = [*_typed_commands(self, query), *self._offered_commands()]
        for number, (words, go) in enumerate(commands):
            if all(term in fold(words) for term in terms):
                nothing = False
                yield Hit(2 - number / 1000, Content(words), go)
        for number, place in enumerate(_matching(self._places, terms)):
            nothing = False
            yield Hit(
                1 - number / 1000, Content(visible(place.shown)), self._going_to(place),
                help=_describe(place, terms),
            )  # fmt: skip
        if nothing:
            yield Hit(0.001, Content(_("Nothing has that name.")), lambda: None)

    def _going_to(self, place: Place) -> Go:
        def go() -> None:
            host = host_of(self.app)
            host.habits.visit((place.kind, place.shown))
            host.open(place.opens)

        return go

    def _offered_commands(self) -> Iterator[tuple[str, Go]]:
        seen: set[str] = set()
        for node, binding, enabled, _tooltip in self.screen.active_bindings.values():
            if not enabled or not binding.description or binding.id in seen or binding.id is None:
                continue
            if binding.id.startswith(NOT_HERE):
                continue
            seen.add(binding.id)
            run = partial(self.app.run_action, binding.action, node)
            yield _(binding.description), run


def _describe(place: Place, terms: Sequence[str] = ()) -> str:
    """What it is, how it is now, and by which other name of its it was found."""
    found = [
        visible(alias)
        for alias in place.aliases.split()
        if fold(alias) not in fold(place.shown) and any(term in fold(alias) for term in terms)
    ]
    return " · ".join(filter(None, (place.kind, place.state, *found)))


def _matching(places: Sequence[Place], terms: Sequence[str]) -> Iterable[Place]:
    """The places that hold every term, those whose name begins with the first one before others."""
    found = [place for place in places if all(term in place.words for term in terms)]
    if terms:
        found.sort(key=lambda place: not place.words.startswith(terms[0]))
    return found[:LIMIT]


def _typed_commands(provider: Places, query: str) -> Iterator[tuple[str, Go]]:
    """What is typed with something behind it: a screen and a filter, `theme` and its name."""
    first, _space, rest = query.removeprefix(":").strip().partition(" ")
    word, host = fold(first), host_of(provider.app)
    for mode in MODES:
        if rest and word in (mode.id, fold(_(mode.title))):
            yield f"{first} {rest}", partial(host.open, FilteredMode(mode.id, rest))
    if word and "theme".startswith(word):
        for theme in themes.CYCLE:
            yield f"theme {theme}", partial(_take_theme, provider, theme)


def _take_theme(provider: Places, theme: str) -> None:
    provider.app.theme = theme
    host_of(provider.app).habits.change(theme=theme)


class Palette(TerminalSized, CommandPalette):
    """Textual's palette, of the terminal's size; Tab completes what is typed to the line that is
    proposed, the first one where none was chosen. Tab and Enter wait for the list of what is typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", N_("Complete"), show=False, priority=True, id="palette.complete")
    ]

    def __init__(self, providers: list[type[Provider]], placeholder: str) -> None:
        super().__init__(providers=providers, placeholder=placeholder)
        self._once_listed: Callable[[], None] | None = None

    def take_keys(self) -> None:
        """Give the line the focus now: the next key may be waiting already."""
        self.set_focus(self.query_one(CommandInput))

    @property
    def _searching(self) -> bool:
        """Whether the list may still be that of an earlier text."""
        return any(
            worker.group == self._GATHER_COMMANDS_GROUP
            and not (worker.is_finished or worker.is_cancelled)
            for worker in self.workers
        )

    @on(Input.Changed)
    def _typed_on(self) -> None:
        self._once_listed = None

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        if self._searching:
            event.stop()
            event.prevent_default()
            self._once_listed = self._select_or_command

    @on(Worker.StateChanged)
    def _listed(self, event: Worker.StateChanged) -> None:
        if event.worker.group != self._GATHER_COMMANDS_GROUP or self._searching:
            return
        if (waiting := self._once_listed) is not None:
            self._once_listed = None
            waiting()

    def action_complete(self) -> None:
        """Put the proposed line in the place of what is typed, ready to be gone on with."""
        if self._searching:
            self._once_listed = self.action_complete
            return
        proposed, typed = self.query_one(CommandList), self.query_one(CommandInput)
        if not proposed.option_count:
            return
        option = proposed.get_option_at_index(proposed.highlighted or 0)
        if isinstance(option, TextualCommand):
            shown = option.hit.prompt
            typed.value = f"{shown.plain if isinstance(shown, Content) else shown} "
            typed.cursor_position = len(typed.value)


def palette() -> Palette:
    """The palette, ready to be opened."""
    return Palette(
        providers=[Places], placeholder=_("a name, a number, a command — guests mem>8G …")
    )
