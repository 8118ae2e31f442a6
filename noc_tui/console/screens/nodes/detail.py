"""One node: its last known state, its part in HA, and what it was asked for itself, with ages."""

import shlex
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.getters import query_one
from textual.widgets import Label, Static

from noc_tui.config.node_ssh import ssh_command
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.lent_terminal import lend_terminal
from noc_tui.console.page_pane import page_pane
from noc_tui.console.references import GuestList, NodeRef
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.nodes import detail_text
from noc_tui.console.screens.nodes.acts import act_on_node
from noc_tui.i18n import N_, _
from noc_tui.queries.nodes import read_node
from noc_tui.roles import Role
from noc_tui.text import visible
from noc_tui.views.node_record import NodeRecord
from storage.connection import Readable


class NodeDetail(NocScreen[NodeRecord | None]):
    """Everything about one node."""

    CSS_PATH = "../../detail.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("detail.close", "escape", "app.pop_screen", N_("Back")),
        Command(
            "node.acts", "a", "acts", N_("Acts …"), N_("Empty the node, or HA’s maintenance of it"),
            role=Role.OPERATOR, needs_nocd=True,
        ),
        Command("node.ssh", "s", "ssh", N_("SSH"), N_("Your own SSH client to this node")),
        Command("node.guests", "enter", "guests", N_("Guests"), N_("The guests of this node")),
    )  # fmt: skip

    heading = query_one("#title", Label)
    known = query_one("#known", Static)
    parts = query_one("#parts", Static)
    ha = query_one("#ha", Static)
    answers = query_one("#answers", Static)

    def __init__(self, cluster: str, node: str) -> None:
        super().__init__()
        self.cluster, self.node = cluster, node
        self._record: NodeRecord | None = None

    def body(self) -> ComposeResult:
        title = f"{visible(self.cluster)}/{visible(self.node)}"
        yield Label(title, id="title", classes="detail--title", markup=False)
        with Horizontal():
            with VerticalScroll(classes="detail--column"):
                yield page_pane(_("Node"), Static(id="known"))
                yield page_pane(_("Storages and SDN"), Static(id="parts"))
                yield page_pane(_("High availability"), Static(id="ha"))
            with VerticalScroll(classes="detail--column"):
                yield page_pane(_("What the node says of itself"), Static(id="answers"))

    @property
    def subject(self) -> str:
        return f"node:{self.cluster}/{self.node}"

    async def read(self, db: Readable, since: int) -> NodeRecord | None:
        return await read_node(db, self.cluster, self.node)

    def show(self, data: NodeRecord | None) -> None:
        self._record = data
        if data is None:
            self.heading.update(_("This node no longer exists."))
            return
        self.known.update(detail_text.describe_node(data))
        self.parts.update(detail_text.describe_parts(data))
        self._show_aging(self.now())

    def tick(self, now: datetime) -> None:
        self._show_aging(now)

    def _show_aging(self, now: datetime) -> None:
        """What grows old while nothing else changes."""
        if self._record is not None:
            self.ha.update(detail_text.describe_ha(self._record, now))
            self.answers.update(detail_text.describe_answers(self._record, now))

    @work
    async def action_acts(self) -> None:
        """Empty the node, or follow it into HA's maintenance and out of it."""
        if self._record is not None:
            node = NodeRef(self.cluster, self.node)
            await act_on_node(self, node, self._record.evacuation)

    @work
    async def action_ssh(self) -> None:
        """Lend the terminal to the operator's own SSH client, shown before."""
        name = f"{visible(self.cluster)}/{visible(self.node)}"
        command = ssh_command(self.session.config, self.cluster, self.node)
        if command is None:
            text = _(
                'no address for SSH is configured: [[cluster]] ssh = {{ {node} = "user@host" }}'
            )
            self.say(text.format(node=visible(self.node)), severity="warning")
            return
        title = _("Connect to {node}?").format(node=name)
        text = _("Your own client, with your keys. The console is back when it ends.")
        shown = f"{shlex.join(command)}\n\n{text}"
        if await self.app.push_screen_wait(Confirm(title, shown)):
            lend_terminal(self, command, f"noc-tui node ssh {name}")

    def action_guests(self) -> None:
        """Open the guests of this node."""
        self.host.open(GuestList(cluster=self.cluster, node=self.node))
