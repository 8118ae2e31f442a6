"""Incidents in a list: number, state, since when, what."""

from dataclasses import dataclass
from datetime import datetime

from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.incidents import title_of
from noc_tui.text import visible
from storage.incidents import Incident
from storage.times import instant
from widgets.columns import Column
from widgets.live_table import LiveTable

_ORDER = list(states.INCIDENT)


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One incident."""

    id: int
    state: str
    title: str
    opened_at: datetime
    owner: str

    @property
    def rank(self) -> tuple[int, int]:
        """Unacknowledged incidents first, then the newest."""
        return _ORDER.index(self.state), -self.id


def incident_line(row: Incident) -> IncidentLine:
    """The line of a stored incident."""
    return IncidentLine(row.id, row.state, title_of(row), instant(row.opened_at), row.owner)


def incidents_table(declare: str) -> LiveTable[IncidentLine]:
    """The list, without rows; `declare` is the key that declares one."""
    columns: tuple[Column[IncidentLine], ...] = (
        Column("id", _("No."), 4, lambda line: str(line.id),
                             order=lambda line: line.id, align="right", kind="number"),
        Column("state", _("State"), 14, lambda line: states.label_text(states.INCIDENT, line.state),
                             order=lambda line: line.rank,
                             tone=lambda line: states.label_tone(states.INCIDENT, line.state)),
        Column("title", _("Title"), 16, lambda line: visible(line.title), stretch=1),
        Column("opened", _("Opened"), 16,
                             lambda line: formats.instant(line.opened_at),
                             order=lambda line: line.opened_at, priority=1, kind="since"),
    )  # fmt: skip
    table = LiveTable(
        columns,
        words=lambda line: f"{line.title} {line.state} {line.owner}",
        empty=_("No incident: {key} declares one.").format(key=declare),
        no_match=_("no incident matches {filter}"),
        id="incidents",
    )
    table.sort_by("state")
    return table
