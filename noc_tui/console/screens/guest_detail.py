"""One guest: what was last seen of it, and configuration, tasks and load, fetched when opened."""

from collections.abc import Callable
from typing import ClassVar

import msgspec
from rich.console import Group
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Label, Static

from noc_tui.console import formats, words
from noc_tui.console.commands import Command
from noc_tui.console.facts import facts, graph
from noc_tui.console.power import POWER, order_power
from noc_tui.console.screen import NocScreen
from noc_tui.i18n import N_, _
from noc_tui.text import visible
from storage.backups import BACKUPS, Backup
from storage.connection import Readable
from storage.inventory import GUESTS, Guest
from storage.register import TENANT_POOLS

BESIDE_GRAPH = 52
NARROW = 100
"""Columns below which a curve's last value has room beside it, and its highest has not."""
VALUE_WIDTH = 400


class Config(msgspec.Struct, frozen=True):
    """The configuration in force, and what waits for the next start."""

    values: dict[str, object]
    pending: dict[str, object] = {}


class GuestTask(msgspec.Struct, frozen=True):
    """One of the guest's last tasks."""

    type: str
    user: str
    starttime: int
    outcome: str
    status: str | None = None


Sample = dict[str, float | None]


class Seen(msgspec.Struct, frozen=True):
    """What the database says of the guest."""

    guest: Guest | None
    tenant: str
    backups: list[Backup]


class Fetched(Message):
    """One of the details came: which, and its value."""

    def __init__(self, part: str, value: object) -> None:
        super().__init__()
        self.part = part
        self.value = value


class GuestDetail(NocScreen[Seen]):
    """Everything about one guest."""

    CSS_PATH = "detail.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("detail.close", "escape", "app.pop_screen", N_("Back")),
        *POWER,
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
            "guest.refresh", "f5", "fetch", N_("Fetch"), N_("Fetch the details again"), show=False
        ),
    )

    heading = query_one("#title", Label)
    known = query_one("#known", Static)
    load = query_one("#load", Static)
    settings = query_one("#settings", Static)
    past = query_one("#past", Static)

    def __init__(self, cluster: str, vmid: int) -> None:
        super().__init__()
        self.cluster, self.vmid = cluster, vmid
        self._guest: Guest | None = None
        self._tenant = ""

    def body(self) -> ComposeResult:
        yield Label(
            f"{self.cluster}/{self.vmid}", id="title", classes="detail--title", markup=False
        )
        with Horizontal():
            with VerticalScroll(classes="detail--column"):
                yield Static(id="known", classes="detail")
                yield Label(_("Last tasks"), classes="detail--title")
                yield Static(_("fetching …"), id="past", classes="detail")
            with VerticalScroll(classes="detail--column"):
                yield Label(_("Load, last hour"), classes="detail--title")
                yield Static(_("fetching …"), id="load", classes="detail")
                yield Label(_("Configuration"), classes="detail--title")
                yield Static(_("fetching …"), id="settings", classes="detail")

    def on_mount(self) -> None:
        self.action_fetch()

    @property
    def subject(self) -> str:
        return f"guest:{self.cluster}/{self.vmid}"

    async def read(self, db: Readable, since: int) -> Seen:
        guest = await GUESTS.get(db, self.cluster, self.vmid)
        pool = "" if guest is None else guest.pool or ""
        pools = await TENANT_POOLS.read(db)
        owners = [
            row.tenant
            for row in pools
            if (row.cluster, row.pool) == (self.cluster, pool) and row.valid_until is None
        ]
        kept = [
            row
            for row in await BACKUPS.read(db)
            if (row.cluster, row.vmid) == (self.cluster, self.vmid)
        ]
        return Seen(guest, owners[0] if owners else "", kept)

    def show(self, data: Seen) -> None:
        before, self._guest, self._tenant = self._guest, data.guest, data.tenant
        if before is not None and _phase(before) != _phase(data.guest):
            self._fetch("tasks", list[GuestTask])  # something ended or began
        if data.guest is None:
            self.heading.update(_("This guest is no more."))
            return
        name = visible(data.guest.name or formats.UNKNOWN)
        self.heading.update(f"{name} ({visible(self.cluster)}/{self.vmid})")
        self.known.update(facts(_known(data.guest, data)))

    # Details, fetched through nocd when opened.

    def action_fetch(self) -> None:
        """Fetch configuration, tasks and load."""
        self._fetch("config", Config)
        self._fetch("tasks", list[GuestTask])
        self._fetch("load", list[Sample])

    @work(group="fetch")
    async def _fetch(self, part: str, shape: type[object]) -> None:
        value = await self.ask_nocd(f"/v1/guests/{self.cluster}/{self.vmid}/{part}", shape)
        self.post_message(Fetched(part, value))

    def on_fetched(self, message: Fetched) -> None:
        """Draw a detail; one that could not be had says so."""
        message.stop()
        target = {"config": self.settings, "tasks": self.past, "load": self.load}[message.part]
        match message.value:
            case Config() as config:
                target.update(_config(config))
            case list() as rows if message.part == "tasks":
                target.update(_tasks(rows))
            case list() as rows:
                target.update(_load(rows, self._graph_width, highest=self.size.width >= NARROW))
            case _:
                target.update(_("could not be fetched"))

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
            self.noc.open_tenant(self._tenant)
        else:
            self.say(_("This guest belongs to no tenant of the register."))

    @work
    async def action_power(self, action: str) -> None:
        """Order this guest's power."""
        if self._guest is not None and await order_power(self, self._guest, action):
            self._fetch("tasks", list[GuestTask])


def _phase(guest: Guest | None) -> object:
    """What a task changes of a guest."""
    return guest and (guest.status, guest.node, guest.lock, guest.booted_at)


def _known(guest: Guest, data: Seen) -> list[tuple[str, str]]:
    lines = [
        (_("State"), words.word(words.GUEST, guest.status).text),
        (_("Tenant"), visible(data.tenant) or "—"),
        (_("Node"), visible(guest.node)),
        (_("Kind"), visible(guest.kind)),
        (_("vCPU"), formats.UNKNOWN if guest.cpus is None else f"{guest.cpus:g}"),
        (_("CPU"), formats.percent(guest.cpu_percent)),
        (_("Memory"), f"{formats.size(guest.memory)} · {formats.percent(guest.memory_percent)}"),
        (_("Disk"), formats.size(guest.disk)),
        (_("Started"), formats.instant(guest.booted_at)),
        (_("Pool"), visible(guest.pool or "—")),
        (_("High availability"), visible(guest.ha_state or "—")),
        (_("Lock"), visible(guest.lock or "—")),
        (_("Tags"), visible(", ".join(guest.tags)) or "—"),
    ]
    if guest.status == "unknown" and guest.last_status:
        last = words.word(words.GUEST, guest.last_status).text
        lines.insert(1, (_("Last known"), last))
    for backup in data.backups:
        word = words.word(words.BACKUP, backup.state).text
        lines.append((_("Backup on {site}").format(site=visible(backup.site)),
                      f"{word} · {formats.instant(backup.last_at)}"))  # fmt: skip
    return lines


def _config(config: Config) -> Group:
    lines = [(visible(key), _value(config.values[key])) for key in sorted(config.values)]
    waiting = [
        (_("waits: {key}").format(key=visible(key)), _value(value))
        for key, value in sorted(config.pending.items())
    ]
    return Group(facts([*waiting, *lines]))


def _value(value: object) -> str:
    text = visible(str(value))
    return text if len(text) <= VALUE_WIDTH else text[:VALUE_WIDTH] + "…"


def _tasks(rows: list[GuestTask]) -> Group:
    if not rows:
        return Group(Text(_("no task")))
    return Group(
        *(
            Text(
                f"{formats.from_epoch(row.starttime)}  {words.word(words.TASK, row.outcome).text}"
                f"  {visible(row.type)}  {visible(row.user)}"
                + (f"\n    {visible(row.status)}" if row.outcome == "error" and row.status else ""),
            )
            for row in rows
        )
    )


def _load(samples: list[Sample], width: int, *, highest: bool) -> Group:
    """A line of bars a figure, with its last and, on demand, its highest value."""
    lines: list[tuple[str, str, Callable[[float], str]]] = [
        (_("CPU"), "cpu", lambda share: formats.percent(round(share * 100))),
        (_("Memory"), "mem", lambda octets: formats.size(round(octets))),
        (_("Network in"), "netin", lambda rate: f"{formats.size(round(rate))}/s"),
        (_("Network out"), "netout", lambda rate: f"{formats.size(round(rate))}/s"),
    ]
    return Group(
        facts(
            [_curve(label, samples, key, say, width, highest=highest) for label, key, say in lines]
        )
    )


def _curve(
    label: str,
    samples: list[Sample],
    key: str,
    say: Callable[[float], str],
    width: int,
    *,
    highest: bool,
) -> tuple[str, str]:
    values = [sample.get(key) for sample in samples]
    known = [value for value in values if value is not None]
    if not known:
        return label, formats.UNKNOWN
    top = 1.0 if key == "cpu" else None
    told = say(known[-1])
    if highest:
        told = _("{now}, at most {top}").format(now=told, top=say(max(known)))
    return label, f"{graph(values, width, top)}  {told}"
