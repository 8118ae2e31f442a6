"""The console's app: it wires modes, keys, themes and the follower of the database, no more."""

import gc
from collections.abc import Callable
from typing import Any, ClassVar, Literal, cast

from textual.app import App
from textual.screen import ModalScreen, Screen
from textual.widget import AwaitMount

from noc_tui.console.commands import Command, is_typed_into
from noc_tui.console.data_freshness import Daemon
from noc_tui.console.habit_keeper import HabitKeeper
from noc_tui.console.habits import habits_file
from noc_tui.console.live import Live, News, Sighted
from noc_tui.console.modes import MODES
from noc_tui.console.navigation import Navigator, mode_screens
from noc_tui.console.orders import Orders
from noc_tui.console.presence import PresenceReporter
from noc_tui.console.references import Reference
from noc_tui.console.screen import NocScreen
from noc_tui.console.session import Session
from noc_tui.console.shell import themes
from noc_tui.console.shell.header import REQUESTS
from noc_tui.console.shell.keys import key_label
from noc_tui.i18n import N_, _
from noc_tui.text import visible
from storage.errors import StorageError
from widgets.driver import DeltaDriver
from widgets.stylesheet import KeptStylesheet
from widgets.terminal.colours import Colours
from widgets.wrapping import keep_glued

TICK_SECONDS = 1.0
HABIT_SECONDS = 5.0
MODE_IDS = frozenset(mode.id for mode in MODES)
PRESENCE_SECONDS = 20.0
OPENING = ("go", "palette", "find")
"""Actions that are looked at before any field or dialog sees their key."""

MODE_COMMANDS = tuple(
    Command(
        mode.binding_id, mode.key, f"app.go('{mode.id}')", mode.title, show=False, priority=True
    )
    for mode in MODES
)
APP_COMMANDS = (
    Command("app.help", "question_mark,f1", "app.help", N_("Help"), N_("Every key of this screen")),
    Command(
        "app.palette",
        "colon",
        "app.palette",
        N_("Find"),
        N_("Any name, number or command: guests mem>8G"),
        priority=True,
    ),
    Command("app.find", "ctrl+p", "app.find", "", show=False, priority=True),
    Command(
        "app.theme",
        "ctrl+t",
        "app.next_theme",
        N_("Theme"),
        N_("Dark, light, high contrast"),
        show=False,
    ),
    REQUESTS,
    Command("app.quit", "q,ctrl+q", "app.quit", N_("Quit"), N_("End this console; nocd goes on")),
)


class NocApp(App[int]):
    """`noc-tui`."""

    TITLE = "noc-tui"
    # The first screen's own style is read with the app's: each further reading costs a start.
    CSS_PATH = ["console.tcss", "screens/overview/overview.tcss"]  # noqa: RUF012 -- as Textual declares it
    ENABLE_COMMAND_PALETTE = False
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {**mode_screens()}
    DEFAULT_MODE = MODES_FIRST = "overview"
    BINDINGS = [command.binding for command in (*MODE_COMMANDS, *APP_COMMANDS)]  # noqa: RUF012 -- as Textual declares it

    def __init__(self, session: Session, colours: Colours = "all", *, tour: bool = False) -> None:
        """The console in a theme for a terminal of so many colours."""
        keep_glued()
        self._forgotten = ""
        self._told_later = False
        self._touring = tour
        self.habits = HabitKeeper(
            habits_file(session.config, session.who.name), self._tell_forgotten
        )
        self.habits.load()
        if self.habits.known.mode in MODE_IDS:
            self.DEFAULT_MODE = self.habits.known.mode  # type: ignore[misc]
        wanted = self.habits.known.theme or session.config.console.theme
        theme = themes.choose_theme(wanted, colours)
        # Textual must know from the beginning that the terminal's own colours are drawn in.
        ansi = True if theme in themes.ANSI else None
        super().__init__(driver_class=DeltaDriver, ansi_color=ansi)
        self.stylesheet = KeptStylesheet(self.get_css_variables())
        self.session = session
        self.orders = Orders()
        self._navigator = Navigator(self, self)
        self._daemon = session.sight.daemon
        self._live = Live(session, self.post_message)
        self._waiting = 0
        self._requested: frozenset[str] = frozenset()
        self._modes_before: list[str] = []
        self._presence = PresenceReporter(session)
        for known in themes.list_themes(colours):
            self.register_theme(known)
        if theme in self.available_themes:
            self.theme = theme
        self.set_keymap(session.config.console.keys)

    # Starting and ending.

    async def on_load(self) -> None:
        """Open the database before the first frame, so that it shows figures."""
        await self._live.look()

    def on_mount(self) -> None:
        self.call_after_refresh(self._follow)
        self._told_later = True
        if self._touring and not self.habits.known.toured:
            self.habits.change(toured=True)
            self.call_after_refresh(self.action_tour)
        if self._forgotten:
            text = _("What was remembered of your console cannot be used: {why}")
            self.say(text.format(why=visible(self._forgotten)), severity="warning")

    def _tell_forgotten(self, why: str) -> None:
        """Say why nothing is remembered, as soon as there is a screen to say it on."""
        if not self._told_later:
            self._forgotten = why
        else:
            text = _("What you set up here is not remembered: {why}")
            self.say(text.format(why=visible(why)), severity="warning")

    def _follow(self) -> None:
        gc.collect()  # what it took to get here, while nothing was looked through
        gc.freeze()  # what a console is made of lives as long as it: never looked through again
        gc.enable()
        self.run_worker(self._live.run(), name="live", group="live")
        self.set_interval(TICK_SECONDS, self._tick)
        self.set_interval(PRESENCE_SECONDS, self._present)
        self.set_interval(HABIT_SECONDS, self._write_habits)

    async def _write_habits(self) -> None:
        await self.habits.write()

    async def on_unmount(self) -> None:
        await self.habits.write()
        await self._live.close()

    # News.

    def on_sighted(self, _message: Sighted) -> None:
        """What `nocd` or the sources are now, and so what may be done."""
        self._tick()
        if self.session.sight.daemon is not self._daemon:
            self._daemon = self.session.sight.daemon
            self.screen.refresh_bindings()

    def on_news(self, _message: News) -> None:
        """There are newer rows: the screens that are seen read them."""
        self._ring_bell()
        self._tell_requests()
        for screen in self._visible_screens():
            screen.renew()
        if self.orders.any_open:
            self.run_worker(self._tell_orders(), group="orders")

    def _ring_bell(self) -> None:
        """The bell when more alerts wait for somebody than before, and the terminal's title."""
        waiting, before = self.session.duty.waiting, self._waiting
        if waiting == before:
            return
        self._waiting = waiting
        if waiting > before:
            self.bell()
        self.run_worker(self._tell_waiting(waiting, louder=waiting > before), group="waiting")

    async def _tell_waiting(self, waiting: int, *, louder: bool) -> None:
        """The terminal's title and the desktop's notification: what is worst, and whom it hits."""
        from noc_tui.console.shell.desktop import notify_sequence, read_worst, title_sequence

        worst = await read_worst(self.session) if waiting else ""
        if self._driver is not None:
            self._driver.write(title_sequence(worst, waiting))
            if louder and worst:
                self._driver.write(notify_sequence(self.session.config.console.notify, worst))

    def _tell_requests(self) -> None:
        """The bell and a notice, on any screen, for a plan that newly wants this operator."""
        requests = {one.id: one for one in self.session.requests}
        fresh = [one for one in requests.values() if one.id not in self._requested]
        self._requested = frozenset(requests)
        for one in fresh:
            self.say(
                _("{name} asks for your agreement: {tenant} ({key})").format(
                    name=visible(one.opened_by),
                    tenant=visible(one.tenant_name),
                    key=self.key_of(REQUESTS.id, REQUESTS.key),
                ),
                title=one.id,
                severity="warning",
            )
        if fresh:
            self.bell()

    async def _tell_orders(self) -> None:
        if self.session.reader is None:
            return
        try:
            ended = await self.orders.collect_ended(self.session.reader)
        except StorageError as error:
            self.say(str(error), severity="error")
            return
        for end in ended:
            self.say(end.text, title=end.title, severity=end.severity)

    def _present(self) -> None:
        """Tell `nocd` that this console is open, and which case it looks at."""
        if self.session.sight.daemon is Daemon.LIVE:
            telling = self._presence.tell(self.subject)
            self.run_worker(telling, group="presence", exclusive=True)

    @property
    def subject(self) -> str:
        """The case that is open here (`tenant:acme`), "" for a list."""
        screens = self._visible_screens()
        return screens[-1].subject if screens else ""

    def _tick(self) -> None:
        if self._presence.told != self.subject:
            self._present()
        now = self.session.clock.now()
        for screen in self._visible_screens():
            header = screen.header()
            if header is not None:  # else it is still being made, or already taken apart
                header.tick()
                screen.pass_time(now)

    def _visible_screens(self) -> list[NocScreen[Any]]:
        """The screens of this mode that are seen, the one under a dialog among them."""
        return [
            s
            for s in self.screen_stack
            if isinstance(s, NocScreen) and s.is_current and s.is_mounted
        ]

    # What screens ask of it: see `noc_tui.console.host`.

    def say(self, text: str, *, title: str = "", severity: str = "information") -> None:
        """Show a message to the operator; never markup."""
        kind = cast(Literal["information", "warning", "error"], severity)
        self.notify(text, title=title, severity=kind, markup=False)

    def open(self, reference: Reference) -> None:
        """Bring the operator to what the reference names."""
        self._navigator.open(reference)

    def translate(self, message: str) -> str:
        """Return a widget's own word in the operator's language (`widgets.words`)."""
        return _(message)

    @property
    def trail(self) -> tuple[str, ...]:
        """What is open over the mode's own screen, in the order in which it was opened."""
        names = (screen.crumb for screen in self._visible_screens())
        return tuple(name for name in names if name)

    def switch_mode(self, mode: str) -> AwaitMount:
        """Open a mode, and remember which one it was opened from."""
        before = self.current_mode
        if before != mode and before in MODE_IDS:
            self._modes_before = [one for one in self._modes_before if one != before] + [before]
        self.habits.change(mode=mode)
        return super().switch_mode(mode)

    def back(self) -> None:
        """Give up the filter that is seen; else go back to what was seen before this screen."""
        screen = self.screen
        if isinstance(screen, NocScreen) and screen.filter_line.in_use:
            screen.filter_line.close()
            return
        if len(self.screen_stack) > 1:
            self.pop_screen()
        elif self._modes_before:
            super().switch_mode(self._modes_before.pop())

    def allows(self, command: Command) -> bool:
        """Return whether this operator may do that now."""
        return not self.why_not(command)

    def why_not(self, command: Command) -> str:
        """Return why this operator may not do that now; "" where it may."""
        who, title = self.session.who, _(command.title)
        if not who.may(command.role):
            mine = who.role.said if who.role else _("no role")
            text = _("{action}: this needs the role {role}; you are {name}, {mine}.")
            return text.format(
                action=title, role=command.role.said, name=visible(who.name), mine=mine
            )
        if command.needs_nocd and self.session.sight.daemon is not Daemon.LIVE:
            return _("{action}: nocd is not there to do it, the console only reads.").format(
                action=title
            )
        return ""

    def key_of(self, binding_id: str, default: str) -> str:
        """The key that a command has now, as it is shown."""
        keys = self.session.config.console.keys.get(binding_id, default)
        return key_label(keys)

    # Commands.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A letter, a digit or `:` that is typed into a field is text, not a command; and neither
        a mode nor the palette opens from a dialog, which is answered or left first.
        """
        if action not in OPENING:
            return True
        asked = isinstance(self.screen, ModalScreen)
        return not (asked or (action != "find" and is_typed_into(self.focused)))

    def action_help(self) -> None:
        """Every key that does something here."""
        from noc_tui.console.shell.help import Help

        active = list(self.screen.active_bindings.values())
        self.push_screen(
            Help(active, {one.binding.key: key_label(one.binding.key) for one in active})
        )

    async def action_palette(self) -> None:
        """Find a guest, a node, a tenant or a command; the next key is already the palette's."""
        from noc_tui.console.shell.palette import palette

        opened = palette()
        await self.push_screen(opened)
        opened.take_keys()

    async def action_find(self) -> None:
        """The palette, from a field too, where `:` is text."""
        await self.action_palette()

    def action_tour(self) -> None:
        """What the console is for, in a few cards."""
        from noc_tui.console.shell.tour import Tour

        self.push_screen(Tour())

    def action_requests(self) -> None:
        """Open the case whose plan waits for this operator."""
        self._navigator.open_requests()

    async def action_go(self, mode: str) -> None:
        """Open a mode; keys that were typed meanwhile find its screen complete."""
        await self.switch_mode(mode)

    def action_next_theme(self) -> None:
        """Dark, light, high contrast, dark."""
        self.theme = themes.after(self.theme)
        self.habits.change(theme=themes.in_all_colours(self.theme))
