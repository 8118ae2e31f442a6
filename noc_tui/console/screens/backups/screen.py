"""The datastores of backup servers, and the guests whose backups are not in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.getters import query_one

from noc_tui.console.commands import Command
from noc_tui.console.references import GuestRef
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.backups.tables import datastores_table, troubled_table
from noc_tui.i18n import N_, _
from storage.backups import TroubledBackup, troubled_backups
from storage.connection import Readable
from storage.datastores import DATASTORES, Datastore
from widgets.live_table import LiveTable
from widgets.pane import Pane


@dataclass(frozen=True, slots=True)
class BackupsData:
    """All datastores, and the backups in trouble."""

    datastores: Sequence[Datastore]
    troubled: Sequence[TroubledBackup]


class BackupsScreen(NocScreen[BackupsData]):
    """Two tables; Enter opens the guest under the cursor."""

    CSS_PATH = "backups.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("backups.close", "escape", "app.pop_screen", N_("Back")),
    )

    datastores = query_one("#datastores", LiveTable)
    troubled = query_one("#troubled", LiveTable)

    def body(self) -> ComposeResult:
        yield Pane(datastores_table(), title=_("Datastores"), id="datastores-pane")
        yield Pane(
            troubled_table(), title=_("Guests whose backups are in trouble"), id="troubled-pane"
        )

    def on_mount(self) -> None:
        self.troubled.focus()

    async def read(self, db: Readable, since: int) -> BackupsData:
        return BackupsData(await DATASTORES.read(db), await troubled_backups(db))

    def show(self, data: BackupsData) -> None:
        self.datastores.sync({one.server: one for one in data.datastores})
        self.troubled.sync(
            {
                f"{one.backup.cluster}/{one.backup.vmid} {one.backup.store}": one
                for one in data.troubled
            }
        )
        stores, guests = len(data.datastores), len(data.troubled)
        self.query_one("#datastores-pane", Pane).entitle(f"{_('Datastores')} · {stores}")
        text = _("Guests whose backups are in trouble")
        self.query_one("#troubled-pane", Pane).entitle(f"{text} · {guests}")

    @on(LiveTable.RowSelected, "#troubled")
    def _opened(self) -> None:
        row = self.troubled.cursor_row
        if row is not None:
            self.host.open(GuestRef(row.backup.cluster, row.backup.vmid))
