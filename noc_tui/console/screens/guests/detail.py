"""One guest: its last known state, and configuration, tasks and load, fetched when opened."""

from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.getters import query_one
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Label, Static

from noc_tui.api.endpoint import Endpoint
from noc_tui.api.guests import CONFIG, FACTS, LOAD, TASKS, GuestConfig, GuestFacts, Power
from noc_tui.console.commands import Command
from noc_tui.console.page_pane import page_pane
from noc_tui.console.references import NewCase, TenantRef
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.guests import detail_text
from noc_tui.console.screens.guests.acts import act_on, acts_command
from noc_tui.console.screens.guests.data import GuestRecord, read_guest
from noc_tui.console.screens.guests.power import POWER, order_power
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.roles import Role
from noc_tui.text import visible
from storage.connection import Readable
from storage.guests import Guest
from widgets.pane import Pane

BESIDE_GRAPH = 52
FOLLOW_SECONDS = 5.0
"""Until the tasks are fetched again while one of them runs."""
NARROW = 100
"""Columns below which a curve's last value has room beside it, and its highest has not."""


class Fetched(Message):
    """One of the details came: which, and its value."""

    def __init__(self, part: str, value: object) -> None:
        super().__init__()
        self.part = part
        self.value = value


class GuestDetail(NocScreen[GuestRecord]):
    """Everything about one guest."""

    CSS_PATH = "../../detail.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("detail.close", "escape", "app.pop_screen", N_("Back")),
        *POWER,
        acts_command(show=True),
        Command("guest.tenant", "t", "tenant", N_("Tenant"), N_("Open the guest's tenant")),
        Command(
            "guest.copy",
            "y",
            "copy",
            N_("Copy"),
            N_("Its name, id and node to your terminal's clipboard"),
            show=False,
        ),
        Command(
            "guest.console", "c", "console", N_("Console"),
            N_("Its serial console; the circumstance goes on record"),
            role=Role.OPERATOR, needs_nocd=True, show=False,
        ),
        Command(
            "guest.case", "S", "begin_case", N_("New case"), N_("Begin a suspension case here"),
            role=Role.OPERATOR, needs_nocd=True,
        ),
        Command(
            "guest.refresh", "f5", "fetch", N_("Fetch"), N_("Fetch the details again"), show=False
        ),
    )  # fmt: skip

    heading = query_one("#title", Label)
    known = query_one("#known", Static)
    load = query_one("#load", Static)
    settings = query_one("#settings", Static)
    inside = query_one("#inside", Static)
    past = query_one("#past", Static)
    past_pane = query_one("#past-pane", Pane)

    def __init__(self, cluster: str, vmid: int) -> None:
        super().__init__()
        self.cluster, self.vmid = cluster, vmid
        self._guest: Guest | None = None
        self._tenant = ""
        self._following: Timer | None = None

    def body(self) -> ComposeResult:
        yield Label(
            f"{self.cluster}/{self.vmid}", id="title", classes="detail--title", markup=False
        )
        with Horizontal():
            with VerticalScroll(classes="detail--column"):
                yield page_pane(_("Guest"), Static(id="known"))
                past = Static(_("fetching …"), id="past")
                yield page_pane(_("Last tasks"), past, id="past-pane")
            with VerticalScroll(classes="detail--column"):
                yield page_pane(_("Load, last hour"), Static(_("fetching …"), id="load"))
                inside = Static(_("fetching …"), id="inside")
                yield page_pane(_("Inside, as the guest says"), inside)
                yield page_pane(_("Configuration"), Static(_("fetching …"), id="settings"))

    def on_mount(self) -> None:
        self.action_fetch()

    @property
    def subject(self) -> str:
        return f"guest:{self.cluster}/{self.vmid}"

    async def read(self, db: Readable, since: int) -> GuestRecord:
        return await read_guest(db, self.cluster, self.vmid)

    def show(self, data: GuestRecord) -> None:
        before, self._guest, self._tenant = self._guest, data.guest, data.tenant
        if before is not None and _phase(before) != _phase(data.guest):
            self._fetch_tasks()  # something ended or began
        if data.guest is None:
            self.heading.update(_("This guest no longer exists."))
            return
        name = visible(data.guest.name or formats.UNKNOWN)
        self.heading.update(f"{name} ({visible(self.cluster)}/{self.vmid})")
        self.known.update(detail_text.describe_guest(data.guest, data))

    # Details, fetched through nocd when opened.

    def action_fetch(self) -> None:
        """Fetch configuration, tasks and load."""
        self._fetch("config", CONFIG)
        self._fetch_tasks()
        self._fetch("load", LOAD)
        self._fetch("facts", FACTS)

    @work(group="fetch")
    async def _fetch(self, part: str, endpoint: Endpoint[None, Any]) -> None:
        value = await self.ask_nocd(endpoint(cluster=self.cluster, vmid=self.vmid))
        self.post_message(Fetched(part, value))

    def on_fetched(self, message: Fetched) -> None:
        """Draw a detail; one that could not be had says so."""
        message.stop()
        if message.part == "tasks":
            self._follow(message.value)
        parts = {
            "config": self.settings,
            "tasks": self.past,
            "load": self.load,
            "facts": self.inside,
        }
        target = parts[message.part]
        match message.value:
            case GuestFacts() as facts:
                target.update(detail_text.describe_facts(facts))
            case GuestConfig() as config:
                target.update(detail_text.describe_config(config))
            case list() as rows if message.part == "tasks":
                target.update(detail_text.describe_tasks(rows))
            case list() as rows:
                highest = self.size.width >= NARROW
                target.update(detail_text.describe_load(rows, self._graph_width, highest=highest))
            case _:
                target.update(_("could not be fetched"))

    def _follow(self, rows: object) -> None:
        """Say of when the tasks are, and fetch them again while one runs. None could be fetched of
        which one ran: it is asked again.
        """
        if isinstance(rows, list):
            fetched = formats.clock_time(self.now())
            self.past_pane.entitle(_("Last tasks · at {time}").format(time=fetched))
        ran = self._following is not None
        if self._following is not None:
            self._following.stop()
            self._following = None
        runs = any(row.outcome == "running" for row in rows) if isinstance(rows, list) else ran
        if runs:
            self._following = self.set_timer(FOLLOW_SECONDS, self._fetch_tasks)

    def _fetch_tasks(self) -> None:
        self._fetch("tasks", TASKS)

    @property
    def _graph_width(self) -> int:
        """Columns for a curve, beside its label and its words."""
        return max(8, min(60, self.size.width // 2 - BESIDE_GRAPH))

    # Commands.

    def action_copy(self) -> None:
        """What a ticket or a colleague wants to know of which guest this is."""
        if self._guest is not None:
            name = visible(self._guest.name or formats.UNKNOWN)
            text = f"{name} ({visible(self.cluster)}/{self.vmid}, {visible(self._guest.node)})"
            self.app.copy_to_clipboard(text)
            self.say(text, title=_("Copied"))

    def action_tenant(self) -> None:
        """Open the tenant of this guest."""
        if self._tenant:
            self.host.open(TenantRef(self._tenant))
        else:
            self.say(_("This guest belongs to no tenant of the register."))

    @work
    async def action_console(self) -> None:
        """Open the guest's serial console."""
        from noc_tui.console.screens.guests.serial_console import open_serial_console

        await open_serial_console(self, self.cluster, self.vmid)

    def action_begin_case(self) -> None:
        """Begin a case with this guest."""
        if self._tenant:
            self.host.open(NewCase(self._tenant, (f"{self.cluster}/{self.vmid}",)))
        else:
            self.say(_("This guest belongs to no tenant of the register."))

    @work
    async def action_acts(self) -> None:
        """Do one of the daily acts on this guest."""
        guest = self._guest
        if guest is not None and await act_on(self, [guest], kind=guest.kind):
            self._fetch_tasks()

    @work
    async def action_power(self, action: Power) -> None:
        """Order this guest's power."""
        if self._guest is not None and await order_power(self, self._guest, action):
            self._fetch_tasks()


def _phase(guest: Guest | None) -> object:
    """Return what a task changes of a guest."""
    return guest and (guest.status, guest.node, guest.lock, guest.booted_at)
