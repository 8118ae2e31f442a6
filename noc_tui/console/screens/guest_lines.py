"""The guest table's rows and columns, over plain values."""

from dataclasses import dataclass

from noc_tui.console import formats, words
from noc_tui.i18n import _
from noc_tui.text import visible
from storage.inventory import Guest
from widgets.columns import Column
from widgets.live_table import LiveTable


@dataclass(frozen=True, slots=True)
class GuestLine:
    """A guest, whose it is, its backup's state, and whether what is known of it is old."""

    guest: Guest
    tenant: str
    backup: str
    stale: bool


def key_of(guest: Guest) -> str:
    """`cluster/vmid`."""
    return f"{guest.cluster}/{guest.vmid}"


def state(line: GuestLine) -> words.Word:
    """The guest's state; a template has none."""
    if line.guest.template:
        return words.TEMPLATE
    return words.word(words.GUEST, line.guest.status)


def _tone(line: GuestLine) -> str:
    tone = state(line).tone
    return "stale" if line.stale and tone == "good" else tone


def guests_table() -> LiveTable[GuestLine]:
    """Every guest of every cluster."""
    return LiveTable(
        [
            Column(
                "id", _("ID"), 6, lambda row: str(row.guest.vmid),
                order=lambda row: row.guest.vmid, align="right",
            ),
            Column(
                "name", _("Name"), 22, lambda row: visible(row.guest.name or formats.UNKNOWN),
                stretch=3,
            ),
            Column("state", _("State"), 12, lambda row: state(row).text, tone=_tone),
            Column("tenant", _("Tenant"), 13, lambda row: visible(row.tenant) or "—", stretch=2),
            Column("node", _("Node"), 11, lambda row: visible(row.guest.node), stretch=1),
            Column(
                "cpu", _("CPU"), 5, lambda row: formats.percent(row.guest.cpu_percent),
                order=lambda row: row.guest.cpu_percent, align="right",
            ),
            Column(
                "memory", _("Mem."), 5, lambda row: formats.percent(row.guest.memory_percent),
                order=lambda row: row.guest.memory_percent, align="right", priority=1,
            ),
            Column("cluster", _("Cluster"), 9, lambda row: visible(row.guest.cluster), priority=1),
            Column(
                "backup", _("Backup"), 13,
                lambda row: words.word(words.BACKUP, row.backup).text,
                tone=lambda row: words.word(words.BACKUP, row.backup).tone, priority=2,
            ),
            Column(
                "size", _("Memory"), 9, lambda row: formats.size(row.guest.memory),
                order=lambda row: row.guest.memory, align="right", priority=4,
            ),
            Column(
                "disk", _("Disk"), 9, lambda row: formats.size(row.guest.disk),
                order=lambda row: row.guest.disk, align="right", priority=5,
            ),
            Column(
                "booted", _("Started"), 16, lambda row: formats.instant(row.guest.booted_at),
                order=lambda row: row.guest.booted_at, priority=3,
            ),
        ],
        words=lambda row: " ".join(
            (
                str(row.guest.vmid), row.guest.name or "", row.tenant, row.guest.node,
                row.guest.cluster, row.guest.status, _(state(row).word), *row.guest.tags,
            )
        ),
        empty=_("No guest was seen yet."),
        no_match=_("No guest matches {filter}"),
        row_tone=lambda row: "stale" if row.stale else "",
        id="guests",
    )  # fmt: skip
