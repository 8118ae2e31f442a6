"""Everything that has a name or a number and can be gone to, with its state beside it."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime

from noc_tui.console.modes import MODES
from noc_tui.console.references import (
    CaseRef,
    FilteredMode,
    GuestList,
    GuestRef,
    IncidentRef,
    ModeRef,
    MonthRef,
    Reference,
    ScopeTicket,
    TenantRef,
)
from noc_tui.i18n import _, ngettext
from noc_tui.labels import formats, states
from noc_tui.labels.alerts import text_of
from noc_tui.labels.tenant_now import word_out
from noc_tui.queries.tenants_now import read_lasting_outages
from noc_tui.text import visible
from storage.connection import Readable
from storage.guests import GUEST_LINES, GuestLine
from storage.incidents import recent_incidents
from storage.inventory import NODES, STORAGES
from storage.oncall import open_alerts
from storage.outbox import MESSAGES
from storage.register import TENANTS
from storage.resources import GUEST_INSIDES
from storage.scope import DECISIONS
from storage.suspension import SUSPENSIONS
from widgets.folding import fold

PAST_MONTHS = 12
NEWEST = 500
"""So many mails and tickets, the newest ones, are looked through."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is shown, what it is, how it is now, and what is opened."""

    shown: str
    kind: str
    state: str
    opens: Reference
    aliases: str = ""

    @property
    def words(self) -> str:
        """What a search looks through, folded."""
        return fold(f"{self.shown} {self.aliases} {self.kind}")


def mode_places() -> Iterable[Place]:
    """Each screen."""
    return (Place(_(mode.title), _("screen"), "", ModeRef(mode.id), mode.id) for mode in MODES)


async def read_places(db: Readable, now: datetime) -> AsyncIterator[Place]:
    """Everything but the screens, what hurts first."""
    async for alert in _alerts(db, now):
        yield alert
    for incident in await recent_incidents(db):
        shown = f"{incident.id} {visible(incident.title)}"
        state = states.label_text(states.INCIDENT, incident.state)
        yield Place(shown, _("incident"), state, IncidentRef(incident.id), incident.ticket)
    guests = await GUEST_LINES.read(db)
    async for tenant in _tenants(db, guests, now):
        yield tenant
    for node in await NODES.read(db):
        state = states.label_text(states.NODE, node.status)
        there = GuestList(cluster=node.cluster, node=node.name)
        yield Place(visible(node.name), _("node"), state, there, node.cluster)
    addresses = {(row.cluster, row.vmid): row.addresses for row in await GUEST_INSIDES.read(db)}
    for line in guests:
        known_as = " ".join((line.tenant, *addresses.get((line.cluster, line.vmid), ())))
        shown = f"{visible(line.name or formats.UNKNOWN)} {line.vmid} {visible(line.cluster)}"
        state = f"{states.label_text(states.GUEST, line.status)} · {visible(line.node)}"
        yield Place(shown, _("guest"), state, GuestRef(line.cluster, line.vmid), known_as)
    for case in await SUSPENSIONS.read(db):
        shown = f"{case.id} {visible(case.tenant_name)}"
        state = states.label_text(states.CASE, case.state)
        yield Place(shown, _("case"), state, CaseRef(case.id), case.tenant)
    for storage in await STORAGES.read(db):
        shown = f"{visible(storage.name)} {visible(storage.node or storage.cluster)}"
        yield Place(shown, _("storage"), "", ModeRef("overview"), storage.cluster)
    async for written in _written(db):
        yield written
    for month in _months(now):
        yield Place(month, _("month"), "", MonthRef(month))


async def _alerts(db: Readable, now: datetime) -> AsyncIterator[Place]:
    for alert in await open_alerts(db):
        text = text_of(alert.rule, alert.words)
        state = f"{states.SEVERITY[alert.severity].text} · {formats.age(now - alert.since)}"
        opens = FilteredMode("triage", f'"{alert.fingerprint}"')
        yield Place(text, _("alert"), state, opens, f"{alert.subject} {alert.tenant}")


async def _tenants(
    db: Readable, guests: Iterable[GuestLine], now: datetime
) -> AsyncIterator[Place]:
    """Each tenant: out since when, else how many of its guests run."""
    out = await read_lasting_outages(db)
    count: dict[str, list[int]] = {}
    for line in guests:
        seen = count.setdefault(line.tenant, [0, 0])
        seen[0] += line.status == "running"
        seen[1] += 1
    for tenant in await TENANTS.read(db):
        if (outage := out.get(tenant.id)) is not None:
            state = word_out(outage, now)
        else:
            running, all_guests = count.get(tenant.id, (0, 0))
            text = ngettext(
                "{running} of {n} guest runs", "{running} of {n} guests run", all_guests
            )
            state = text.format(running=running, n=all_guests)
        shown = f"{visible(tenant.name)} {visible(tenant.id)}"
        yield Place(shown, _("tenant"), state, TenantRef(tenant.id))


async def _written(db: Readable) -> AsyncIterator[Place]:
    """Mails, by their subject, and tickets, by their reference."""
    mails = await MESSAGES.where(db, "1 ORDER BY queued_at DESC LIMIT ?", NEWEST)
    for mail in mails:
        state = f"{formats.instant(mail.queued_at)} · {visible(mail.recipient)}"
        opens = FilteredMode("evidence", mail.about)
        yield Place(visible(mail.subject), _("mail"), state, opens, mail.about)
    for ticket in await DECISIONS.where(db, "reference <> '' ORDER BY id DESC LIMIT ?", NEWEST):
        text = ScopeTicket(ticket.text, ticket.tenant, ticket.reference, ticket.subject)
        state = f"{formats.instant(ticket.at)} · {visible(ticket.tenant)}"
        yield Place(visible(ticket.reference), _("ticket"), state, text)


def _months(now: datetime) -> Iterable[str]:
    """The present month and those before it, as they are typed."""
    local = now.astimezone(formats.PARIS)
    index = local.year * 12 + local.month - 1
    return (f"{n // 12}-{n % 12 + 1:02}" for n in range(index, index - PAST_MONTHS, -1))
