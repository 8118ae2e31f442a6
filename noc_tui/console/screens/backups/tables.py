"""Datastores, and guests whose backups are in trouble, as lines of tables."""

from noc_tui.alerts.fill_limits import fill_severity
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.backups import describe_reason, describe_upkeep, name_place
from noc_tui.text import visible
from storage.backups import TroubledBackup
from storage.datastores import Datastore
from widgets.columns import Column
from widgets.live_table import LiveTable

_TONES = {"critical": "bad", "warning": "warning", "": ""}
_ORDER = list(states.BACKUP)


def datastores_table() -> LiveTable[Datastore]:
    """One line a datastore."""
    columns: tuple[Column[Datastore], ...] = (
        Column("server", _("Server"), 10, lambda row: visible(row.server), stretch=1),
        Column("site", _("Site"), 8, lambda row: visible(row.site), priority=2),
        Column("place", _("Datastore"), 10, name_place, stretch=1),
        Column(
            "fill", _("Fill"), 7, lambda row: formats.percent(row.used_percent), align="right",
            order=lambda row: row.used_percent,
            tone=lambda row: _TONES[fill_severity(row.used_percent or 0)],
        ),
        Column("total", _("Size"), 10, lambda row: formats.size(row.total), align="right",
               order=lambda row: row.total, priority=1),
        Column(
            "collection", _("Garbage collection"), 18,
            lambda row: describe_upkeep(row.collection, row.collected_at, row.collection_said),
            tone=lambda row: states.label_tone(states.UPKEEP, row.collection), stretch=2,
        ),
        Column(
            "verification", _("Verification"), 18,
            lambda row: describe_upkeep(row.verification, row.verified_at, row.verification_said),
            tone=lambda row: states.label_tone(states.UPKEEP, row.verification), stretch=2,
        ),
    )  # fmt: skip
    return LiveTable(
        columns,
        words=lambda row: f"{row.server} {row.datastore} {row.site}",
        empty=_("no backup server was read yet"),
        no_match=_("Nothing matches {filter}"),
        id="datastores",
    )


def troubled_table() -> LiveTable[TroubledBackup]:
    """One line a guest and store."""
    columns: tuple[Column[TroubledBackup], ...] = (
        Column("tenant", _("Tenant"), 10, lambda row: visible(row.tenant) or "—", stretch=1),
        Column("guest", _("Guest"), 14, _guest, stretch=1),
        Column("store", _("Server"), 10, lambda row: visible(row.backup.store), priority=1),
        Column(
            "state", _("State"), 12,
            lambda row: states.label_text(states.BACKUP, row.backup.state),
            order=lambda row: -_ORDER.index(row.backup.state),
            tone=lambda row: states.label_tone(states.BACKUP, row.backup.state),
        ),
        Column("last", _("Last copy"), 16, lambda row: formats.instant(row.backup.last_at),
               order=lambda row: row.backup.last_at, priority=2),
        Column("why", _("Why"), 20, lambda row: describe_reason(row.backup), stretch=3),
    )  # fmt: skip
    return LiveTable(
        columns,
        words=lambda row: f"{row.tenant} {_guest(row)} {row.backup.store} {row.backup.state}",
        empty=_("● No guest’s backups are in trouble."),
        no_match=_("Nothing matches {filter}"),
        id="troubled",
    )


def _guest(row: TroubledBackup) -> str:
    place = f"{row.backup.cluster}/{row.backup.vmid}"
    return visible(place if not row.name else f"{row.name} ({place})")
