"""The guest table's rows and columns, over plain values."""

from collections.abc import Callable

from noc_tui.console.references import GuestList
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.text import visible
from storage.guests import GuestLine
from widgets.columns import Column
from widgets.filter_language import FilterField
from widgets.live_table import LiveTable


def key_of(line: GuestLine) -> str:
    """`cluster/vmid`."""
    return f"{line.cluster}/{line.vmid}"


def is_listed(listed: GuestList, line: GuestLine) -> bool:
    """Return whether a guest is one of those that are listed."""
    if listed.tenant:
        return line.tenant == listed.tenant
    return (
        line.cluster == listed.cluster
        and (not listed.node or line.node == listed.node)
        and (not listed.states or line.status in listed.states)
        and (not listed.backup or line.backup == listed.backup)
    )


def list_title(listed: GuestList | None) -> str:
    """Return which guests are listed, in words."""
    if listed is None:
        return _("All guests")
    if listed.tenant:
        return _("Guests of tenant {name} — Esc: all guests").format(name=visible(listed.tenant))
    if listed.words:
        where = visible(listed.cluster)
        return _("{where}, {words} — Esc: all guests").format(where=where, words=listed.words)
    return _("Guests on node {name} — Esc: all guests").format(name=visible(listed.node))


def state(line: GuestLine) -> states.StateLabel:
    """The guest's state; a template has none."""
    return states.TEMPLATE if line.template else states.label_of(states.GUEST, line.status)


def _load(line: GuestLine, share: int | None) -> int | None:
    """Return what a load sorts by: none where the guest is stopped."""
    return None if formats.load(line.status, share) == formats.NONE else share


def guests_table(
    is_stale: Callable[[str], bool], held_by: Callable[[GuestLine], str]
) -> LiveTable[GuestLine]:
    """Return every guest of every cluster; `is_stale` tells whether what is known of a cluster is
    old, `held_by` the suspension that a guest is under, empty for none.
    """

    def word(row: GuestLine) -> str:
        case = held_by(row)
        return states.word_held(row.status, case) if case else state(row).text

    def tone(row: GuestLine) -> str:
        shown = "warning" if held_by(row) else state(row).tone
        return "stale" if shown == "good" and is_stale(row.cluster) else shown

    return LiveTable(
        [
            Column(
                "id", _("ID"), 6, lambda row: str(row.vmid),
                order=lambda row: row.vmid, align="right", kind="number",
            ),
            Column(
                "name", _("Name"), 22, lambda row: visible(row.name or formats.UNKNOWN),
                stretch=3,
            ),
            Column(
                "state", _("State"), 12, word, tone=tone, stretch=1,
                words=lambda row: f"{row.status} {word(row)}",
            ),
            Column("tenant", _("Tenant"), 13, lambda row: visible(row.tenant) or "—", stretch=2),
            Column("node", _("Node"), 11, lambda row: visible(row.node), stretch=1),
            Column(
                "cpu", _("CPU"), 5, lambda row: formats.load(row.status, row.cpu_percent),
                order=lambda row: _load(row, row.cpu_percent), align="right", kind="percent",
            ),
            Column(
                "memory", _("Mem."), 5,
                lambda row: formats.load(row.status, row.memory_percent),
                order=lambda row: _load(row, row.memory_percent), align="right", priority=1,
                kind="percent",
            ),
            Column("cluster", _("Cluster"), 9, lambda row: visible(row.cluster), priority=1),
            Column(
                "backup", _("Backup"), 13,
                lambda row: states.label_text(states.BACKUP, row.backup),
                tone=lambda row: states.label_tone(states.BACKUP, row.backup), priority=2,
                words=lambda row: f"{row.backup} {states.word_of(states.BACKUP, row.backup)}",
            ),
            Column(
                "size", _("Memory"), 9, lambda row: formats.size(row.memory),
                order=lambda row: row.memory, align="right", priority=4, kind="size",
            ),
            Column(
                "disk", _("Disk"), 9, lambda row: formats.size(row.disk),
                order=lambda row: row.disk, align="right", priority=5, kind="size",
            ),
            Column(
                "booted", _("Started"), 16, lambda row: formats.instant(row.booted_at),
                order=lambda row: row.booted_at, priority=3, kind="since",
            ),
        ],
        words=lambda row: " ".join(
            (
                str(row.vmid), row.name or "", row.tenant, row.node,
                row.cluster, row.status, word(row), *row.tags,
            )
        ),
        opens=True,
        empty=_("No guest seen yet: noc-tui doctor shows which cluster cannot be read."),
        no_match=_("No guest matches {filter}"),
        row_tone=lambda row: "stale" if is_stale(row.cluster) else "",
        fields=[FilterField("tag", _("Tag"), lambda row: " ".join(row.tags))],
        id="guests",
    )  # fmt: skip
